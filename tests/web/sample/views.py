"""The sample's pages: the kit's and nothing else."""

from __future__ import annotations

from tests.web.sample.flow import FLOW
from tests.web.sample.models import Sample
from tests.web.sample.service import open_new, take
from tracker.web.desk import Cell, Column, Desk, desk_blueprint


def paper_values(session, case, kind, now):
    if kind != "correction_order":
        return {"party_name": case.title}
    return {"party_name": case.title, "facts": "少报营业收入", "corrections": ["补报", "改正"]}


def prefill(session, case, step, actor, now):
    return {"where": "示例路1号", "times": 2} if step == "report" else {}


def facts(session, case):
    return [("来源", "自行发现")]


def cell(session, case):
    return Cell("拟罚", "6 万元")


bp = desk_blueprint(
    Desk(
        flow=FLOW,
        model=Sample,
        take=take,
        open_new=open_new,
        paper_values=paper_values,
        prefill=prefill,
        facts=facts,
        cell=cell,
        columns=(Column("来源", lambda row: row.channel),),
    ),
    __name__,
)
