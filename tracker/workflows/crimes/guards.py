"""What must hold before a step of a transfer: each answers with a sentence, or None."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.core.cases.answers import from_json
from tracker.core.cases.flow import Context
from tracker.core.cases.guards import part_holders
from tracker.core.cases.models import Attachment, Move
from tracker.core.errors import Refusal, say
from tracker.workflows.crimes.models import ENCLOSURES

TEAM = ("handler", "co_officer")


def team_of_two(context: Context) -> Refusal | None:
    """A special team of at least two (国务院令第310号 5)."""
    team = {u for part in TEAM for u in part_holders(context.session, context.case.id, part)}
    if len(team) >= len(TEAM):
        return None
    return Refusal(say("专案组不足两人。"), instead=say("请负责人调整专案组"))


def enclosures(session: Session, case_id: int) -> dict[str, str]:
    """The papers of the transfer: `there`, said to be `none` in writing, or `missing`."""
    labels = set(
        session.scalars(select(Attachment.label).where(Attachment.case_id == case_id).distinct())
    )
    said = {
        name
        for data in session.scalars(
            select(Move.data).where(Move.case_id == case_id, Move.step == "declare_none")
        )
        for name in from_json(data).get("papers", ())
    }
    return {
        name: "there" if label in labels else "none" if name in said else "missing"
        for name, label in ENCLOSURES.items()
    }


def papers_complete(context: Context) -> Refusal | None:
    """With the letter go four papers, or the word that there is none (国务院令第310号 6)."""
    found = enclosures(context.session, context.case.id)
    missing = [ENCLOSURES[name] for name, state in found.items() if state == "missing"]
    if not missing:
        return None
    what = say("《%(paper)s》", paper=say(missing[0]))
    for label in missing[1:]:
        what = say("%(some)s《%(paper)s》", some=what, paper=say(label))
    return Refusal(
        say("移送材料还缺：%(what)s。", what=what),
        instead=say("上传材料；确实没有的，办“声明没有的材料”"),
    )
