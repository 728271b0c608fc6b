"""The tree: what the README draws exists, and no file names where packages come from."""

from __future__ import annotations

import re
from pathlib import Path

from tests.helpers.databases import ROOT
from tests.house import source

_FOLDER = re.compile(r"(?<!\S)([A-Za-z_.][\w.\-]*(?:/[\w.\-]+)*)/(?=\s|$)")
# In pieces, so that this file does not name them either.
_HOSTS = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("deb", "debian", "org"),
            ("security", "debian", "org"),
            ("registry", "yarnpkg", "com"),
        )
    )
)


def drawn_folders(readme: str) -> list[tuple[str, ...]]:
    """Folders in the README's tree, each as the ways it could be meant, outermost first."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    tree = next((b for b in blocks if re.search(r"^\W*tracker/", b, re.MULTILINE)), "")
    above: list[tuple[int, str]] = []
    found: list[tuple[str, ...]] = []
    for raw in tree.splitlines():
        line = re.sub("[│├└─]", " ", raw)
        indent = len(line) - len(line.lstrip())
        above = [(depth, path) for depth, path in above if depth < indent]
        parent = above[-1][1] + "/" if above else ""
        folders = _FOLDER.findall(line)
        found += [(parent + name, name) for name in folders]
        if folders and line.lstrip().startswith(folders[0] + "/"):
            above.append((indent, parent + folders[0]))
    return found


def test_the_folders_the_readme_draws_exist():
    readme = ROOT / "README.md"
    assert readme.exists(), "write README.md with the tree of folders"
    folders = drawn_folders(readme.read_text("utf-8"))
    assert len(folders) > 5, "README.md needs a fenced block that draws the tree, with tracker/"
    missing = [ways[0] for ways in folders if not any((ROOT / way).is_dir() for way in ways)]
    assert not missing, f"README.md draws folders that are not there: {missing}"


def test_a_drawn_tree_is_read():
    lines = (
        "migrations/   x",
        "tracker/",
        "  core/",
        "    a/ b/",
        "    c.py  text, tests/house/ too",
    )
    tree = "\n".join(("```", *lines, "```", ""))
    assert [ways[0] for ways in drawn_folders(tree)] == [
        "migrations",
        "tracker",
        "tracker/core",
        "tracker/core/a",
        "tracker/core/b",
        "tracker/core/tests/house",
    ]


def test_no_file_names_a_package_registry():
    found = [
        f"{source.where(path, line)}: take the host name out; the tools know their registries\n"
        f"    {words[:120]}"
        for path in source.text_files()
        for line, words in source.hits(_HOSTS.pattern, path.read_text("utf-8", errors="replace"))
    ]
    assert not found, "\n" + "\n".join(found)
    assert _HOSTS.search("https://pypi" + ".org/simple")


def test_the_locks_hold_names_and_hashes_only():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text("ascii")
        assert "http" not in text, f"{lock}: make it again with `make lock`"
        assert "--index" not in text
        assert pins(ROOT / lock), f"{lock} pins nothing"
        for block in re.split(r"\n(?=\S)", text.strip()):
            assert "--hash=sha256:" in block, f"{lock}: no hash for {block.splitlines()[0]}"


def test_what_is_tested_is_what_is_installed():
    development = pins(ROOT / "requirements-dev.lock")
    differing = {
        name: (version, development.get(name))
        for name, version in pins(ROOT / "requirements.lock").items()
        if development.get(name) != version
    }
    assert not differing, f"the two locks disagree; run `make lock`: {differing}"


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.\-]+)==([^\s;\\]+)", lock.read_text("ascii"), re.MULTILINE))
