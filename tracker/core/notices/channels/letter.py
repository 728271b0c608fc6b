"""What leaves the house: number, kind, date and a link. No title, no name, no sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from tracker.core.errors import N_, Sentence, say

# Robots cut long messages, and telephones short ones.
_MOST_LINES = 15
_MOST_SMS_LINES = 3


@dataclass(frozen=True, slots=True)
class About:
    """All that may be said of a case outside the product."""

    number: str | None
    kind: str
    path: str


Describe = Callable[[Session, int], About | None]


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as it leaves."""

    about: About | None
    due_on: date | None
    # The day lies in a year whose holidays are not announced yet.
    provisional: bool = False

    @property
    def words(self) -> str:
        """Number, kind and date."""
        if self.about is None:
            return str(say(N_("系统通知")))
        names = {"number": self.number, "kind": self.about.kind}
        if self.due_on is None:
            return str(say(N_("%(number)s（%(kind)s）"), **names))
        due = f"{self.due_on.year}年{self.due_on.month}月{self.due_on.day}日"
        if self.provisional:
            return str(say(N_("%(number)s（%(kind)s），%(due)s到期（暂定）"), due=due, **names))
        return str(say(N_("%(number)s（%(kind)s），%(due)s到期"), due=due, **names))

    @property
    def number(self) -> str:
        """The number, or that there is none yet."""
        if self.about is None:
            return ""
        return self.about.number or str(say(N_("未编号")))

    @property
    def path(self) -> str:
        """The page it leads to."""
        return "/notices/" if self.about is None else self.about.path


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, ready to leave by any channel."""

    message_id: str
    address: str
    subject: str
    text: str
    short: str


def compose(
    message_id: str, address: str, lines: Sequence[Line], link: Callable[[str], str]
) -> Letter:
    """A letter about some notices; about one, or many in one."""
    lines = list(dict.fromkeys(lines))
    if len(lines) == 1:
        subject = say(N_("办理提醒：%(what)s"), what=lines[0].words)
    else:
        subject = say(N_("办理提醒 %(n)s 条"), n=len(lines))
    shown = [f"{line.words}\n{link(line.path)}" for line in lines[:_MOST_LINES]]
    short = [f"{line.words} {link(line.path)}" for line in lines[:_MOST_SMS_LINES]]
    return Letter(
        message_id,
        address,
        str(subject),
        "\n".join([str(subject), "", *shown, *_rest(len(lines), _MOST_LINES, link), "", _END]),
        "；".join([*short, *_rest(len(lines), _MOST_SMS_LINES, link)]),
    )


def compose_test(message_id: str, address: str, link: Callable[[str], str]) -> Letter:
    """A letter that says only that letters arrive."""
    subject = str(say(N_("测试消息：您能收到统计执法监督系统的提醒")))
    page = link("/me/notices")
    return Letter(message_id, address, subject, f"{subject}\n{page}\n\n{_END}", f"{subject} {page}")


_FOOT: Sentence = say(N_("详情请登录系统查看，本消息由系统自动发出。"))
_END = str(_FOOT)


def _rest(count: int, shown: int, link: Callable[[str], str]) -> list[str]:
    if count <= shown:
        return []
    more = say(
        N_("还有 %(n)s 条，请登录系统查看：%(link)s"), n=count - shown, link=link("/notices/")
    )
    return [str(more)]
