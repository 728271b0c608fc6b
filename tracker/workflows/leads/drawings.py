"""The drawings of a lead's page, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext
from markupsafe import Markup

from tracker.web import drawing
from tracker.web.errors import tell
from tracker.web.shell import local_date
from tracker.workflows.leads.models import Lead, LeadIndicator
from tracker.workflows.leads.page import LeadPage


def path_svg(page: LeadPage) -> Markup:
    """The way of the lead: stations, ways back, exits."""
    stations = []
    for node in page.path:
        under = local_date(node.on) if node.on else ""
        stations.append(drawing.Station(tell(node.label), node.status, under, node.who))
    aside = ""
    if page.side_state is not None:
        aside = tell(page.side_state.label)
    note = gettext("轮到您") if page.turn.mine else ""
    done = [s.label for s in stations if s.status == "done"]
    here = aside or next((s.label for s in stations if s.status == "current"), "")
    past = tell("、").join(done) or "—"
    words = gettext("已经过：%(done)s。现在：%(here)s。", done=past, here=here)
    return drawing.path(
        stations,
        branches=[(tell(label), open_) for label, open_ in page.branches],
        returns=page.returns,
        aside=aside,
        note=note,
        branch_words=gettext("也可以转向"),
        words=words,
        uid="path-arrow",
    )


def custody_svg(page: LeadPage) -> Markup:
    """The stays in order, as wide as their days."""
    pieces = [drawing.Piece(s.days, s.kind, s.stopped) for s in page.segments]
    words = gettext("经手时间，共 %(n)s 个工作日", n=page.custody.total)
    return drawing.custody_bar(pieces, words=words, uid="custody-hatch")


def worst(lead: Lead) -> LeadIndicator | None:
    """The indicator with the largest ratio; without any, the first that has a difference."""
    rated = [i for i in lead.indicators if i.ratio is not None]
    if rated:
        return max(rated, key=lambda i: i.ratio or 0)
    return next((i for i in lead.indicators if i.difference is not None), None)
