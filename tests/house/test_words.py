"""Words that have one home. Each finding says where the thing belongs."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass

import pytest

from tests.helpers.databases import ROOT
from tests.house import source


@dataclass(frozen=True)
class Rule:
    """A pattern that only some files may contain, what to do instead, and a line it must catch."""

    pattern: str
    advice: str
    caught: str
    allowed: tuple[str, ...] = ()


PYTHON = (
    Rule(
        r"\.(commit|rollback)\(",
        "use `with transaction() as session:` from tracker/core/db.py",
        "session.commit()",
        ("tracker/core/db.py",),
    ),
    Rule(
        r"\.state\s*=(?!=)",
        "change a state through move() in tracker/core/cases/engine.py",
        "case.state = 'closed'",
        ("tracker/core/cases/engine.py",),
    ),
    Rule(
        r"\bcurrent_user\b",
        "pass the Actor in; only views know who is logged in",
        "if current_user.active:",
        ("tracker/web/*", "tracker/workflows/*/views.py"),
    ),
    Rule(
        r"\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(|\btime\.time\(",
        "take `now` as an argument; the caller asks tracker/core/clock.py",
        "now = datetime.now(UTC)",
        ("tracker/core/clock.py",),
    ),
    Rule(
        r"\brender_template_string\b",
        "write a template file: text that becomes a template is a way in",
        "return render_template_string(text)",
    ),
    Rule(r"(?<![\w.])(eval|exec)\(", "parse the input instead", "value = eval(text)"),
    Rule(
        r"\b(pickle|marshal|shelve|dill)\b",
        "use JSON: loading a pickle runs what is in it",
        "import pickle",
    ),
    Rule(r"\bshell\s*=\s*True", "give a list of arguments", "run(command, shell=True)"),
    Rule(r"\byaml\.(load|unsafe_load)\(", "use yaml.safe_load, or better TOML", "yaml.load(text)"),
    Rule(
        r"\bMarkup\(",
        "let the template escape it; a macro belongs in templates/components",
        "return Markup(text)",
        ("tracker/web/*",),
    ),
)

TEMPLATES = (
    Rule(r"\|\s*safe\b", "let Jinja escape it, or build it with a macro", "{{ text | safe }}"),
    Rule(r"\bautoescape\s+false", "leave escaping on", "{% autoescape false %}"),
    Rule(
        r"<[a-zA-Z][^>]*\sstyle\s*=",
        "use a class in the style sheet: the content policy refuses style=",
        '<div class="x" style="color: red">',
    ),
    Rule(r"<style\b", "put it in the style sheet: the content policy refuses it", "<style>"),
    Rule(
        r"<[a-zA-Z][^>]*\son[a-z]+\s*=",
        "listen in a script file: the content policy refuses inline handlers",
        '<button onclick="go()">',
    ),
    Rule(
        r"<script\b(?![^>]*\bsrc\s*=)",
        "put it in a file and load it with src=: the content policy refuses inline scripts",
        "<script>go()</script>",
    ),
    Rule(r"(?i)javascript:", "use a button and a script file", '<a href="javascript:go()">'),
)


def findings(rule: Rule, name: str, text: str) -> list[str]:
    if any(fnmatch.fnmatch(name, allowed) for allowed in rule.allowed):
        return []
    return [
        f"{name}:{line}: {rule.advice}\n    {words}"
        for line, words in source.hits(rule.pattern, text)
    ]


@pytest.mark.parametrize("rule", PYTHON, ids=lambda rule: rule.caught)
def test_python(rule):
    found = [
        finding
        for path in source.python_files("tracker")
        for finding in findings(
            rule, path.relative_to(ROOT).as_posix(), source.code_only(path.read_text("utf-8"))
        )
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("rule", TEMPLATES, ids=lambda rule: rule.caught)
def test_templates(rule):
    found = [
        finding
        for path in source.templates()
        for finding in findings(
            rule,
            path.relative_to(ROOT).as_posix(),
            source.without_comments(path.read_text("utf-8")),
        )
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("rule", PYTHON + TEMPLATES, ids=lambda rule: rule.caught)
def test_a_planted_line_is_found(rule):
    assert findings(rule, "tracker/core/planted.py", rule.caught)
    for allowed in rule.allowed:
        assert not findings(rule, allowed.replace("*", "leads"), rule.caught)


def test_prose_is_not_code():
    prose = '"""Never session.commit() here."""\nx = 1  # nor eval(this)\ny = f"eval({x})"\n'
    code = source.code_only(prose)
    assert not any(re.search(rule.pattern, code) for rule in PYTHON)
    assert code.count("\n") == prose.count("\n")
    assert not any(findings(rule, "a.html", "{# #}<p>on = style</p>") for rule in TEMPLATES)
