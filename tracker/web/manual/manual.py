"""The chapters of the manual that no table can tell: roles, pages, words, questions. Data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask import url_for

from tracker.core.accounts.roles import ROLE_LABELS, Role
from tracker.core.cases.flow import flows
from tracker.core.errors import N_
from tracker.web.errors import tell
from tracker.web.manual.words import read_data

# The chapters of the manual, in the order in which they are read.
GROUP_LABELS: dict[str, str] = {
    "start": N_("开始使用"),
    "daily": N_("每天的工作"),
    "numbers": N_("统计和报表"),
    "rules": N_("时限、文书和规矩"),
    "more": N_("其他"),
}
_MOST = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a chapter: a heading, sentences, things to do in order, a table of pairs."""

    title: str
    text: tuple[str, ...]
    steps: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A chapter: its name in the address, the page it tells of, the picture it shows."""

    name: str
    group: str
    title: str
    says: str
    parts: tuple[Part, ...]
    page: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    """What the day of a role is."""

    role: Role
    says: str
    day: tuple[str, ...]
    may_not: tuple[str, ...]
    kinds: tuple[str, ...]
    topics: tuple[str, ...]

    @property
    def title(self) -> str:
        """The name of the role."""
        return ROLE_LABELS[self.role]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the trade and what it means here."""

    term: str
    says: str
    law: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A place of the manual that answers a question: its title, its address, why it was found."""

    title: str
    url: str
    text: str


def _texts(rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    return tuple(row["text"] for row in rows)


def _part(row: Mapping[str, Any]) -> Part:
    return Part(
        title=row.get("title", ""),
        text=_texts(row.get("line", ())),
        steps=_texts(row.get("step", ())),
        pairs=tuple((pair["label"], pair["text"]) for pair in row.get("pair", ())),
    )


@cache
def topics_all() -> tuple[Topic, ...]:
    """Every chapter, in order."""
    return tuple(
        Topic(
            name=row["name"],
            group=row["group"],
            title=row["title"],
            says=row["says"],
            parts=tuple(_part(part) for part in row.get("part", ())),
            page=row.get("page", ""),
            picture=row.get("picture", ""),
        )
        for row in read_data("topics")["topic"]
    )


@cache
def duties() -> Mapping[Role, Duty]:
    """What each role does, in the order in which roles are listed."""
    rows = read_data("roles")
    return {
        role: Duty(
            role=role,
            says=row["says"],
            day=_texts(row["day"]),
            may_not=_texts(row.get("may_not", ())),
            kinds=tuple(row.get("kinds", ())),
            topics=tuple(row.get("topics", ())),
        )
        for role in Role
        if (row := rows.get(role.value))
    }


@cache
def intro_of(kind: str) -> str:
    """What a workflow is for, in two sentences; empty for a workflow the manual does not know."""
    row = read_data("flows").get(kind, {})
    text: str = row.get("says", "")
    return text


@cache
def glossary() -> tuple[tuple[str, tuple[Term, ...]], ...]:
    """The words of the trade by heading."""
    return tuple(
        (
            group["title"],
            tuple(Term(r["term"], r["says"], tuple(r.get("law", ()))) for r in group["word"]),
        )
        for group in read_data("glossary")["group"]
    )


# ---------------------------------------------------------------- finding


def topics(q: str) -> list[Found]:
    """Places of the manual in which every word of a question stands; titles come first."""
    words = [w for w in q.casefold().split() if w]
    if not words:
        return []
    found = []
    for place, whole in _places():
        title, text = place.title.casefold(), whole.casefold()
        if all(w in text for w in words):
            found.append((not all(w in title for w in words), place, whole))
    found.sort(key=lambda hit: hit[0])
    return [Found(p.title, p.url, _around(whole, words[0])) for _, p, whole in found[:_MOST]]


def _places() -> Iterator[tuple[Found, str]]:
    """Every place of the manual with all its text, in the reader's language."""
    for topic in topics_all():
        texts = [topic.title, topic.says]
        for part in topic.parts:
            texts += [part.title, *part.text, *part.steps]
            texts += [text for pair in part.pairs for text in pair]
        yield _place(topic.title, url_for("help.show_topic", name=topic.name), texts)
    for duty in duties().values():
        url = url_for("help.show_role", role=duty.role.value)
        yield _place(duty.title, url, [duty.title, duty.says, *duty.day, *duty.may_not])
    for flow in flows.all():
        url = url_for("help.show_flow", kind=flow.kind)
        texts = [flow.label, intro_of(flow.kind)]
        texts += [t for s in flow.states for t in (s.label, s.does)]
        texts += [t for s in flow.steps for t in (s.label, s.hint)]
        yield _place(flow.label, url, texts)
    for _, terms in glossary():
        for term in terms:
            yield _place(term.term, url_for("help.show_glossary"), [term.term, term.says])


def _place(title: str, url: str, texts: Sequence[str]) -> tuple[Found, str]:
    told = tell("，").join(tell(text).rstrip("。，") for text in texts if text)
    return Found(tell(title), url, ""), told


def _around(text: str, word: str) -> str:
    """The text around a word, as far as a line goes."""
    at = max(0, text.casefold().find(word) - 16)
    return ("…" if at else "") + text[at : at + 60] + ("…" if at + 60 < len(text) else "")
