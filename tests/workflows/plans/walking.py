"""A bureau with a plan in it, walked to a state by the product's own verbs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.workflows.leads.walking import lend_all
from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.models import Grant, User
from tracker.core.accounts.roles import Role
from tracker.core.calendar import store
from tracker.core.cases.models import Case
from tracker.core.cases.opening import Openings, Seed
from tracker.core.clock import OFFICE_ZONE, office_date
from tracker.core.documents.models import Document
from tracker.core.documents.service import issued_kinds
from tracker.core.registers.models import Officer, Organisation, Unit
from tracker.core.registers.names import name_key
from tracker.core.registers.uscc import make_uscc
from tracker.workflows.plans import lots, service
from tracker.workflows.plans.models import Plan, PlanDraw, PlanObject

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=OFFICE_ZONE)
HERE, ELSEWHERE = "150602000000", "220102000000"
TOWNS = ("150602001000", "150602002000", "150602003000")
SEED = "3 1 6 4 2 5"
_LONG_AGO, _FAR_OFF = date(2025, 1, 1), date(2030, 12, 31)
NEEDED = (Role.INSPECTOR, Role.SUPERVISOR, Role.HEAD, Role.REGISTRAR)
OUTSIDE = (*NEEDED, Role.LIAISON, Role.TOWNSHIP_CLERK)
ORGS = ("bureau", "dept", "town", "foreign bureau")

# Several roles, so that parts and four eyes matter and not roles alone.
CAST: Mapping[str, tuple[Role, ...]] = {
    "drafter": (Role.INSPECTOR, Role.HEAD),
    "drawer": (Role.INSPECTOR, Role.SUPERVISOR),
    "second": (Role.INSPECTOR,),
    "monitor": (Role.SUPERVISOR,),
    "officer1": (Role.INSPECTOR,),
    "officer2": (Role.INSPECTOR,),
}
OFFICERS = ("drafter", "drawer", "second", "officer1", "officer2")
DEPUTIES = {"drafter's deputy": "drafter", "drawer's deputy": "drawer"}
CONTENT: Mapping[str, Any] = {
    "year": "2026",
    "aims": "提高统计数据质量。",
    "basis": "国家统计局统计执法“双随机”抽查办法（试行）",
    "items": ("reporting", "ledgers"),
    "check_from": date(2026, 3, 1),
    "check_to": date(2026, 10, 30),
    "count_industry": 3,
    "count_commerce": 2,
    "teams": 2,
    "team_size": 2,
}


def roles_at(org: str) -> tuple[Role, ...]:
    """Who there is at an organisation: every role at the bureau, those that matter elsewhere."""
    return tuple(Role) if org == "bureau" else OUTSIDE


class PlanOffice:
    """A bureau, a department and a town of one county, a bureau elsewhere, and their people."""

    def __init__(self, session: Session, *, crowd: bool = True) -> None:
        """With `crowd` there is somebody for every role of the bureau, and more elsewhere."""
        self.session = session
        self.now = MONDAY
        self.tasks = Tasks()
        self.units: list[int] = []
        store.seed(session, MONDAY)
        kinds = {"dept": "department", "town": "township"}
        self.orgs = {
            name: self._org(name, kinds.get(name, "bureau"), ELSEWHERE if "f" in name else HERE)
            for name in ORGS
        }
        self.people: dict[str, int] = {}
        for org in ORGS:
            for role in roles_at(org) if crowd else NEEDED:
                self._person(f"{role.value}@{org}", org, (role,))
        for name, roles in CAST.items():
            self._person(name, "bureau", roles)
        for name in OFFICERS:
            self.certify(name)
        for name, lender in DEPUTIES.items():
            self._person(name, "", ())
            self._lend(self.people[lender], self.people[name])
        for n in range(12):
            self.unit(n)
        session.flush()

    # ------------------------------------------------------------ people and units

    def actor(self, name: str) -> Actor:
        return load_actor(self.session, self.people[name], office_date(self.now))

    def certify(self, name: str, until: date = _FAR_OFF, since: date = _LONG_AGO) -> Officer:
        row = Officer(
            user_id=self.people[name],
            certificate_no=f"示例-{name}-{until}",
            valid_from=since,
            valid_to=until,
        )
        self.session.add(row)
        self.session.flush()
        return row

    def unit(self, n: int, **changes: Any) -> Unit:
        """Unit n: industry and trade by turns, in three towns by turns."""
        given: dict[str, Any] = {
            "name": f"示例{n}有限公司",
            "uscc": make_uscc(f"91150602MA{n:07}"),
            "region_code": TOWNS[n % 3],
            "stratum": ("industry", "trade")[n % 2],
            "above_threshold": n % 3 == 0,
            **changes,
        }
        row = Unit(name_key=name_key(given["name"]), **given)
        self.session.add(row)
        self.session.flush()
        self.units.append(row.id)
        return row

    # ------------------------------------------------------------ the plan

    def draft(self, who: str = "drafter", **changes: Any) -> Plan:
        return service.draft(
            self.session,
            self.actor(who),
            {**CONTENT, **changes},
            now=self.now,
            org_id=self.orgs["bureau"],
        )

    def take(self, plan: Plan, who: str, step: str, **inputs: Any) -> Plan:
        """One step by one person, an hour after the last."""
        self.now += timedelta(hours=1)
        return service.take(
            self.session,
            self.actor(who),
            plan.id,
            step,
            {"note": "见附件", **inputs},
            seen=plan.version,
            now=self.now,
        )

    def plan(self, at: str, **changes: Any) -> Plan:
        """A plan that was walked to a state."""
        plan = self.draft(**changes)
        for who, step, inputs in self.way(at):
            if step in ("freeze", "summarise"):
                self.paper(plan, {"freeze": "annual_plan"}.get(step, "draw_record"))
            plan = self.take(plan, who, step, **inputs)
        assert plan.state == at
        return plan

    def draw(self, plan: Plan) -> PlanDraw:
        """The latest draw of a plan."""
        return self.session.scalars(
            select(PlanDraw).where(PlanDraw.plan_id == plan.id).order_by(PlanDraw.seq.desc())
        ).first()  # type: ignore[return-value]

    def paper(self, plan: Plan, kind: str) -> None:
        """An issued paper of a kind, as the documents service leaves it; one is enough."""
        if kind in issued_kinds(self.session, plan.id):
            return
        self.session.add(
            Document(
                case_id=plan.id,
                org_id=self.orgs["bureau"],
                kind=kind,
                seq=1,
                state="issued",
                title=kind,
                values={},
                made_by_id=self.people["drafter"],
                made_at=self.now,
                issued_by_id=self.people["drafter"],
                issued_at=self.now,
                issued_on=office_date(self.now),
                sha256="0" * 64,
                size=1,
                store_id=f"{plan.id}-{kind}",
                media_type="text/plain",
            )
        )
        self.session.flush()

    @property
    def freeze_inputs(self) -> dict[str, Any]:
        return {
            **{part: self.people[part] for part in ("drawer", "second", "monitor")},
            "first_day": date(2026, 4, 1),
            "last_day": date(2026, 4, 30),
        }

    def way(self, at: str) -> list[tuple[str, str, dict[str, Any]]]:
        seed = {"seed": SEED, "seed_source": "当众掷骰六次", "place": "三楼会议室"}
        to: dict[str, list[tuple[str, str, dict[str, Any]]]] = {"drafted": []}
        to["dropped"] = [("drafter", "drop", {})]
        to["approval"] = [
            ("drafter", "add_objects", {"region_code": HERE}),
            ("drafter", "add_officers", {"all": True}),
            ("drafter", "submit", {}),
        ]
        to["approved"] = [*to["approval"], ("head@bureau", "approve", {})]
        to["drawing"] = [*to["approved"], ("drafter", "freeze", self.freeze_inputs)]
        to["second"] = [*to["drawing"], ("drawer", "draw_lots", seed)]
        to["monitoring"] = [*to["second"], ("second", "confirm_draw", {})]
        to["checking"] = [*to["monitoring"], ("monitor", "witness", {})]
        summary = ("drafter", "summarise", {"summary": "检查五家，均已办结。"})
        to["closing"] = [*to["checking"], summary]
        to["closed"] = [*to["closing"], ("supervisor@bureau", "close", {})]
        return to[at]

    # ------------------------------------------------------------ rows

    def _org(self, name: str, kind: str, region: str) -> int:
        row = Organisation(
            name=f"示例{name}", short_name=name, kind=kind, region_code=region, doc_prefix="东统"
        )
        self.session.add(row)
        self.session.flush()
        return row.id

    def _person(self, name: str, org: str, roles: tuple[Role, ...]) -> None:
        number = len(self.people) + 1
        user = User(
            username=f"p{number}", name=f"示例{number}", active=True, clearance=3,
            created_at=MONDAY,
        )  # fmt: skip
        self.session.add(user)
        self.session.flush()
        self.people[name] = user.id
        self.session.add_all(
            Grant(user_id=user.id, org_id=self.orgs[org], role=role.value, valid_from=_LONG_AGO)
            for role in roles
        )

    def _lend(self, lender: int, taker: int) -> None:
        lend_all(self.session, lender, taker)


class Tasks:
    """Stands for the workflow that the tasks of a plan are opened in."""

    def __init__(self) -> None:
        self.seeds: list[Seed] = []
        self.opened: list[int] = []

    def install(self, monkeypatch: Any) -> None:
        """From here on the plan opens its tasks through this one."""
        own = Openings()
        own.add("inspection", self._open)
        monkeypatch.setattr(lots, "openings", own)

    def _open(
        self, session: Session, actor: Actor, seed: Seed, now: datetime, request_id: str | None
    ) -> Case:
        origin = seed.origin
        assert isinstance(origin, Plan)
        task = Plan(
            kind="plan", title=seed.unit_name, state="closed", flow_version=1, year=origin.year,
            basis="", aims="", items="", check_from=origin.check_from, check_to=origin.check_to,
            teams=1, team_size=2, region_code=seed.region_code, origin_org_id=origin.bureau_id,
            bureau_id=origin.bureau_id, channel="random", opened_at=now,
            opened_on=office_date(now), holder_since=office_date(now), closed_at=now,
            created_by_id=actor.user_id, restricted=True,
        )  # fmt: skip
        session.add(task)
        session.flush()
        self.seeds.append(seed)
        self.opened.append(task.id)
        return task


def objects_of(session: Session, plan: Plan) -> list[PlanObject]:
    return list(
        session.scalars(
            select(PlanObject).where(PlanObject.plan_id == plan.id).order_by(PlanObject.id)
        )
    )
