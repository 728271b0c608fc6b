"""Which place and which organisation a row of the office list means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tracker.core.errors import Sentence, say
from tracker.core.registers.models import Organisation, OrgKind, Region
from tracker.core.registers.places import current_code, place_names
from tracker.core.staff.entries import Entry

Blame = Callable[[str, Sentence], None]
_AT_ONCE = 500
_SHOWN = 3


class Whereabouts:
    """The places and organisations of somebody who keeps the register, read in a few queries."""

    def __init__(
        self, session: Session, ranges: Sequence[tuple[str, str]], entries: Sequence[Entry]
    ) -> None:
        self._session, self._ranges = session, ranges
        self._codes = self._known_codes({e.region_code for e in entries if e.region_code})
        self._places: dict[str, list[str]] = defaultdict(list)
        self._orgs: dict[str, list[Organisation]] = defaultdict(list)
        if any(e.place for e in entries):
            own = or_(*(Region.code.between(low, high) for low, high in ranges))
            for code, name in session.execute(select(Region.code, Region.name).where(own)):
                self._places[name].append(code)
        if any(e.place or e.org for e in entries):
            own = or_(*(Organisation.region_code.between(low, high) for low, high in ranges))
            query = select(Organisation).where(own, Organisation.active)
            for org in session.scalars(query.order_by(Organisation.id)):
                for name in {org.name, org.short_name}:
                    self._orgs[name].append(org)
        self._resolved: dict[str, list[str]] = {}

    def of(self, entry: Entry, blame: Blame) -> tuple[str, int | None]:
        """The code (empty when there is none) and the organisation; what is wrong is blamed."""
        code = self._code(entry.region_code, blame) if entry.region_code else ""
        if entry.place:
            code = self._by_name(entry, code, blame)
        org = self._org(entry.org, blame) if entry.org else None
        if org is None:
            return code, None
        if org.kind == OrgKind.TOWNSHIP:
            return code or org.region_code, None
        if code and code != org.region_code:
            blame("org", say("“%(org)s”不在这个地方。", org=org.name))
        return org.region_code, org.id

    def _code(self, code: str, blame: Blame) -> str:
        if code not in self._codes:
            blame("region_code", say("没有区划代码“%(code)s”。", code=code))
        elif not self._own(code):
            blame(
                "region_code",
                say("区划代码“%(code)s”不在您的地区，只能登记本地区的人员。", code=code),
            )
        else:
            return code
        return ""

    def _own(self, code: str) -> bool:
        now = current_code(code)
        return any(low <= c <= high for low, high in self._ranges for c in (code, now))

    def _by_name(self, entry: Entry, code: str, blame: Blame) -> str:
        found = self._named(entry.place)
        if code:
            if found and code not in found:
                blame("place", say("“%(place)s”和区划代码不是同一个地方。", place=entry.place))
            return code
        if entry.region_code:
            return ""  # the code has been blamed already
        if len(found) == 1:
            return found[0]
        if found:
            some = "、".join(found[:_SHOWN])
            blame(
                "place",
                say("有几个“%(place)s”，请填区划代码：%(codes)s。", place=entry.place, codes=some),
            )
        else:
            blame("place", say("您的地区没有“%(place)s”，请核对全称。", place=entry.place))
        return ""

    def _named(self, text: str) -> list[str]:
        """The codes of the places a name means: the whole name, or its end from some level on."""
        if text not in self._resolved:
            ends = (text[at:] for at in range(len(text)))
            some = {code for end in ends for code in self._places.get(end, ())}
            full = place_names(self._session, some, full=True)
            found = {code for code, name in full.items() if name.endswith(text)}
            found |= {
                org.region_code for org in self._orgs.get(text, ()) if org.kind == OrgKind.TOWNSHIP
            }
            self._resolved[text] = sorted(found)
        return self._resolved[text]

    def _org(self, name: str, blame: Blame) -> Organisation | None:
        found = self._orgs.get(name, [])
        if len(found) == 1:
            return found[0]
        if found:
            blame("org", say("有几个机构叫“%(org)s”，请填全称。", org=name))
        else:
            blame("org", say("您的地区没有登记机构“%(org)s”。", org=name))
        return None

    def _known_codes(self, codes: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for some in chunks(sorted(codes)):
            found |= set(self._session.scalars(select(Region.code).where(Region.code.in_(some))))
        return found


def chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many values at a time as one query takes."""
    for at in range(0, len(values), _AT_ONCE):
        yield values[at : at + _AT_ONCE]
