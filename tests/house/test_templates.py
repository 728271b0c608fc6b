"""Templates: all compile, all names they mention exist, Chinese has Chinese commas."""

from __future__ import annotations

import pytest
from jinja2 import StrictUndefined, TemplateError, meta

from tests.helpers.databases import ROOT
from tests.house import source

_BESIDE_CHINESE = r"[\u4e00-\u9fff]\s?,|,\s?[\u4e00-\u9fff]"


def names() -> list[str]:
    return [path.relative_to(ROOT / "templates").as_posix() for path in source.templates()]


def test_an_unknown_name_in_a_template_is_an_error(app):
    assert app.jinja_env.undefined is StrictUndefined, (
        "set app.jinja_env.undefined = StrictUndefined in tracker/app.py:"
        " a misspelt name must not print nothing"
    )


def test_escaping_is_on_for_documents_too(app):
    choose = app.jinja_env.autoescape
    assert choose("x.html") if callable(choose) else choose


def test_every_template_compiles(app):
    env = app.jinja_env
    wrong = []
    for name in names():
        text = (ROOT / "templates" / name).read_text("utf-8")
        try:
            env.get_template(name)
            wanted = meta.find_referenced_templates(env.parse(text))
            missing = [w for w in wanted if w and w not in env.list_templates()]
            wrong += [f"{name}: there is no template {w}" for w in missing]
        except TemplateError as error:
            wrong.append(f"{name}:{getattr(error, 'lineno', '?')}: {error}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_there_are_templates():
    assert names(), "no templates below templates/: the tests above looked at nothing"


def commas(text: str) -> list[tuple[int, str]]:
    return source.hits(_BESIDE_CHINESE, source.without_comments(text))


def test_chinese_text_has_chinese_commas():
    found = [
        f"{source.where(path, line)}: write the full-width comma\n    {words}"
        for path in source.templates()
        for line, words in commas(path.read_text("utf-8"))
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("text", ["<p>已受理,请等待</p>", "共3件, 其中", "x,中"])
def test_a_planted_comma_is_found(text):
    assert commas(text)


def test_other_commas_are_left_alone():
    assert not commas('{{ f(_("甲"), _("乙")) }} {# 甲,乙 #} 1,000 甲，乙')
