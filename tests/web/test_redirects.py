from __future__ import annotations

import random
from urllib.parse import quote, urljoin, urlsplit

import pytest

from tracker.web.redirects import own_path, safe_next

HOST = "tracker.example"


@pytest.mark.parametrize(
    "value", ["/", "/leads/12", "/leads?page=2&q=中文", "/search?q=http://x/y", "/a#b"]
)
def test_our_own_paths_pass(value):
    assert safe_next(value) == value


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "leads",
        "//evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/ /evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "/x//evil.example",
        "/%2f/evil.example",
        "/%5cevil.example",
        "/.//evil.example",
        "/../x",
        "/%2e%2e/x",
        "/\u3000/evil.example",
        "/\u200b/evil.example",
        "/\x00/evil.example",
        "/" + "a" * 2001,
    ],
)
def test_anything_else_does_not(value):
    assert safe_next(value) is None


def as_a_browser(value: str) -> str:
    """Where a browser goes: WHATWG strips edges, drops tabs and line ends, reads \\ as /."""
    value = value.strip("".join(map(chr, range(33))))
    value = value.translate(dict.fromkeys(map(ord, "\t\r\n")))
    head, mark, rest = value.partition("?")
    value = head.replace("\\", "/") + mark + rest
    while value.startswith("///"):
        value = value[1:]
    return urljoin(f"https://{HOST}/login", value)


def test_ten_thousand_odd_values_never_leave():
    draw = random.Random(20261122)  # noqa: S311 - repeatable
    pieces = [
        "/", "//", "\\", "\t", "\n", "\r", " ", "\x00", "\u3000", "\u200b", "\ufeff", ":", "@",
        "http:", "https://", "javascript:", "data:", "evil.example", "leads", "12", "?", "#",
        "..", ".", "%2f", "%5C", "%09", "%00", ";", "&next=", "中文", "\u2044", "／", "＼",
        "\x85", "\xa0",
    ]  # fmt: skip
    passed = 0
    for _ in range(10_000):
        value = "".join(draw.choices(pieces, k=draw.randint(1, 7)))
        if draw.random() < 0.6:
            value = "/" + value
        found = safe_next(value)
        if found is None:
            continue
        passed += 1
        # Both as written and as Werkzeug would quote it into the header.
        for sent in (found, quote(found, safe="/?#[]@!$&'()*+,;=:%")):
            target = urlsplit(as_a_browser(sent))
            assert (target.scheme, target.netloc) == ("https", HOST), (value, target)
    assert passed > 300  # the rule must not simply refuse everything


def test_a_request_path_comes_without_an_empty_query():
    assert own_path("/leads?") == "/leads"
    assert own_path("/leads?a=1") == "/leads?a=1"
