"""Which documents can be drawn up for a penalty case, in which states, by whom (domain 8.2)."""

from __future__ import annotations

from tracker.core.accounts.roles import Role
from tracker.core.cases.flow import PaperUse
from tracker.workflows.penalties.flow.states import LIMITED, STANDING

_TEAM = (Role.INSPECTOR,)
_LED = (Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD)
_LEGAL = (Role.LEGAL_REVIEWER,)
_HEARINGS = ("arranging", "summoned", "hearing")

PAPERS = (
    PaperUse("opening_approval", ("source", "opening"), _LED),
    PaperUse("declining_approval", ("declining",), _LED),
    PaperUse("jurisdiction_transfer", ("moving", "moving_case"), _LED),
    PaperUse("site_record", ("investigating",), _TEAM),
    PaperUse("interview_record", ("investigating",), _TEAM),
    PaperUse("inquiry", ("investigating",), _TEAM),
    PaperUse("preservation_notice", ("investigating",), _LED),
    PaperUse("correction_order", LIMITED, _LED),
    PaperUse("extension_approval", LIMITED, _LED),
    PaperUse("investigation_report", ("investigating", "reporting"), _TEAM),
    PaperUse("legal_review", ("reviewing",), _LEGAL),
    PaperUse("discussion_record", ("discussing",), _LED),
    PaperUse("prior_notice", ("weighing",), _TEAM),
    PaperUse("defence_record", ("noticed", *_HEARINGS), _TEAM),
    PaperUse("hearing_notice", ("arranging", "summoned"), (*_LED, Role.LEGAL_REVIEWER)),
    PaperUse("hearing_record", ("hearing",), _LEGAL),
    PaperUse("decision_approval", ("proposing", "deciding"), _LED),
    PaperUse("penalty_decision", ("proposing", "deciding", "decided"), _LED),
    PaperUse("no_penalty_decision", ("weighing", "proposing", "deciding", "unpunished"), _LED),
    PaperUse("spot_decision", ("spot",), _TEAM),
    PaperUse(
        "service_proof",
        (
            *("investigating", "weighing", "noticed", "summoned", "decided", "unpunished"),
            *("performing", "demanded"),
        ),
        _TEAM,
    ),
    PaperUse("instalment_approval", ("performing",), _LED),
    PaperUse("demand", ("performing",), _TEAM),
    PaperUse("court_application", ("demanded",), _LED),
    PaperUse("publication_record", STANDING, _TEAM),
    PaperUse("closing_report", ("withdrawing", "finishing", "closing"), _LED),
    PaperUse("file_index", ("archiving",), (Role.REGISTRAR,)),
)
