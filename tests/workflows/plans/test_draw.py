"""The draw: replayed to the same result, and every change to its record noticed and named."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.errors import BadInput
from tracker.workflows.plans.draw import (
    Frame,
    Level,
    OfficerEntry,
    PassedOver,
    PlaceStage,
    Recusal,
    Stratum,
    Terms,
    UnitEntry,
    clean_seed,
    draw,
    rank_hash,
)
from tracker.workflows.plans.record import DrawRecord, PlanHead, Witness, parse
from tracker.workflows.plans.replay import replay

SEED = "3 1 6 4 2 5"
FIRST, LAST = date(2026, 5, 11), date(2026, 5, 29)
WHOLE_YEAR = (date(2026, 1, 1), date(2030, 12, 31))


def a_unit(n: int, stratum: str = "industry", region: str = "150602001000") -> UnitEntry:
    return UnitEntry(str(n), f"示例{n}公司", f"91150602MA{n:08}", region, stratum)


def an_officer(n: int, valid: tuple[date, date] = WHOLE_YEAR) -> OfficerEntry:
    return OfficerEntry(f"u{n}", f"示例{n}", f"15{n:05}", *valid, "执法监督科")


def a_frame(units: int = 30, officers: int = 6) -> Frame:
    """Units of two strata in two counties of three townships each."""
    return Frame(
        tuple(
            a_unit(n, ("industry", "trade")[n % 2], f"15060{2 + n % 4 // 2}00{1 + n % 3}000")
            for n in range(units)
        ),
        tuple(an_officer(n) for n in range(officers)),
    )


def terms(**changes: Any) -> Terms:
    given: dict[str, Any] = {
        "stages": (),
        "strata": (Stratum("industry", "工业", 4), Stratum("trade", "批零住餐", 3)),
        "teams": 2,
        "team_size": 2,
        "first_day": FIRST,
        "last_day": LAST,
        **changes,
    }
    return Terms(**given)


def a_record(seed: str = SEED, **changes: Any) -> DrawRecord:
    frame, wanted = changes.pop("frame", a_frame()), changes.pop("terms", terms())
    recusals = changes.pop("recusals", ())
    return DrawRecord(
        number="鄂统抽〔2026〕1号",
        plan=PlanHead("鄂尔多斯市统计局", "2026年度统计执法检查计划", 2026),
        drawn_at=datetime(2026, 5, 6, 1, 30, tzinfo=UTC),
        seed=seed,
        seed_source="掷骰六次",
        drawers=(Witness("u0", "示例0"), Witness("d1", "示例甲")),
        monitor=Witness("m1", "示例乙"),
        frame=frame,
        excluded=(),
        terms=wanted,
        recusals=recusals,
        result=draw(frame, wanted, recusals, "m1", seed),
        **changes,
    )


def stored(record: DrawRecord) -> dict[str, Any]:
    """The record as it comes back from a file."""
    found: dict[str, Any] = json.loads(record.text)
    return found


def by_hand(seed: str, stage: str, stratum: str, keys: list[str]) -> list[str]:
    """The published algorithm again, from its one-line description."""
    return sorted(
        keys,
        key=lambda k: sha256(f"sha256-v1|{seed}|{stage}|{stratum}|{k}".encode()).hexdigest(),
    )


def test_the_hash_is_that_of_any_other_program():
    # printf 'sha256-v1|3 1 6 4 2 5|unit|industry|7' | sha256sum
    assert rank_hash(SEED, "unit", "industry", "7") == (
        "4541e21b455a1be51acc7a29167dc26e26701f0b05147d6903d1db37a2867d9a"
    )


def test_what_is_drawn_is_what_the_ranks_say():
    frame, result = a_frame(), a_record().result
    industry = [u.key for u in frame.units if u.stratum == "industry"]
    trade = [u.key for u in frame.units if u.stratum == "trade"]
    assert [u.unit for u in result.units] == [
        *by_hand(SEED, "unit", "industry", industry)[:4],
        *by_hand(SEED, "unit", "trade", trade)[:3],
    ]
    assert [u.rank for u in result.units] == [1, 2, 3, 4, 1, 2, 3]
    order = by_hand(SEED, "officer", "", [o.key for o in frame.officers])
    assert result.teams == (tuple(order[:2]), tuple(order[2:4]))
    assert result.reserve == tuple(order[4:])
    assert [t.team for t in result.tasks] == [1, 2, 1, 2, 1, 2, 1]
    assert all(t.officers == result.teams[t.team - 1] for t in result.tasks)


def test_counties_townships_units_one_inside_the_other():
    stages = (PlaceStage(Level.COUNTY, 1), PlaceStage(Level.TOWNSHIP, 2))
    result = a_record(terms=terms(stages=stages)).result
    county = by_hand(SEED, "county", "", ["150602000000", "150603000000"])[0]
    towns = {f"{county[:6]}00{n}000" for n in (1, 2, 3)}
    drawn = by_hand(SEED, "township", county, sorted(towns))[:2]
    assert [(p.level, p.within, p.drawn) for p in result.places] == [
        ("county", "", (county,)),
        ("township", county, tuple(drawn)),
    ]
    regions = {u.key: u.region for u in a_frame().units}
    assert result.units
    assert {regions[u.unit] for u in result.units} <= set(drawn)


def test_a_stratum_with_too_few_is_taken_whole_and_said():
    result = a_record(frame=a_frame(units=5)).result
    assert [(s.stratum, s.wanted, s.had) for s in result.short] == [
        ("industry", 4, 3),
        ("trade", 3, 2),
    ]
    assert len(result.units) == 5


# ---------------------------------------------------------------- officers


def test_only_certificates_valid_on_every_day_of_the_checks():
    until = {
        "before": (WHOLE_YEAR[0], date(2026, 5, 10)),
        "within": (WHOLE_YEAR[0], date(2026, 5, 28)),
        "starts late": (date(2026, 5, 12), WHOLE_YEAR[1]),
        "to the day": (FIRST, LAST),
    }
    officers = tuple(an_officer(n, valid) for n, valid in enumerate(until.values()))
    frame = Frame(a_frame().units, (*officers, an_officer(8)))
    result = draw(frame, terms(teams=1), (), "m1", SEED)
    assert [(p.officer, p.reason) for p in result.passed] == [
        (f"u{n}", PassedOver.CERTIFICATE) for n in range(3)
    ]
    assert set(result.teams[0]) == {"u3", "u8"}


def test_the_monitor_is_not_drawn():
    frame = a_frame(officers=5)
    for n in range(5):
        result = draw(frame, terms(), (), f"u{n}", SEED)
        assert f"u{n}" not in {o for team in result.teams for o in team} | set(result.reserve)


@pytest.mark.parametrize(
    ("officers", "changes"), [(1, {"teams": 1}), (3, {}), (6, {"team_size": 1}), (6, {"teams": 0})]
)
def test_no_draw_without_two_officers_to_a_team(officers, changes):
    with pytest.raises(BadInput):
        draw(a_frame(officers=officers), terms(**changes), (), "m1", SEED)
    assert draw(a_frame(officers=4), terms(), (), "m1", SEED).tasks


def test_whoever_is_recused_gives_the_place_to_the_next_drawn():
    before = a_record().result
    task = before.tasks[2]
    out, first_reserve = task.officers[0], before.reserve[0]
    said = Recusal(out, task.unit, "本人亲属任职", "2026-05-05T09:00:00+08:00")
    after = a_record(recusals=(said,)).result
    assert after.tasks[2].officers == (task.officers[1], first_reserve)
    assert after.tasks[2].recused == (out,)
    assert [t for n, t in enumerate(after.tasks) if n != 2] == [
        t for n, t in enumerate(before.tasks) if n != 2
    ]
    assert (after.units, after.teams) == (before.units, before.teams)


def test_the_recused_are_replaced_from_the_other_team_when_nobody_is_left_behind():
    frame = a_frame(officers=4)
    before = draw(frame, terms(), (), "m1", SEED)
    task = before.tasks[0]
    apart = [Recusal(o, task.unit, "有利害关系", "") for o in task.officers]
    after = draw(frame, terms(), apart, "m1", SEED)
    assert after.tasks[0].officers == before.teams[1]
    apart.append(Recusal(before.teams[1][0], task.unit, "有利害关系", ""))
    with pytest.raises(BadInput, match="不足 2 名"):
        draw(frame, terms(), apart, "m1", SEED)


# ---------------------------------------------------------------- replay


@settings(max_examples=40, deadline=None)
@given(
    seed=st.text("0123456789abc期 ", min_size=6, max_size=12).map(str.strip),
    units=st.integers(4, 40),
    officers=st.integers(4, 9),
    staged=st.booleans(),
)
def test_every_record_replays_to_the_same(seed, units, officers, staged):
    if len(seed) < 6:
        seed = "123456"
    stages = (PlaceStage(Level.COUNTY, 1), PlaceStage(Level.TOWNSHIP, 3)) if staged else ()
    record = a_record(seed, frame=a_frame(units, officers), terms=terms(stages=stages))
    data = stored(record)
    assert replay(data, seal=record.seal).same
    assert parse(data) == record
    assert parse(data).text == record.text


def _put(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        at: Any = data
        for name in path[:-1]:
            at = at[name]
        assert at[path[-1]] != value
        at[path[-1]] = value

    return change


def _swap(data: dict[str, Any]) -> None:
    units = data["result"]["units"]
    units[0]["unit"], units[1]["unit"] = units[1]["unit"], units[0]["unit"]


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], None], set[str]]] = {
    "a unit's code": (_put("frame", "units", 3, "uscc", value="X"), {"frame"}),
    "a unit's region": (_put("frame", "units", 3, "region", value="150000000000"), {"frame"}),
    "a unit added": (
        lambda d: d["frame"]["units"].append({**d["frame"]["units"][0], "key": "99"}),
        {"frame"},
    ),
    "a unit taken out": (lambda d: d["frame"]["units"].pop(), {"frame"}),
    "an officer's certificate": (
        _put("frame", "officers", 0, "valid_to", value="2026-05-28"),
        {"frame", "passed"},
    ),
    "the frame's version": (_put("frame", "version", value="0" * 64), {"frame"}),
    "the seed": (_put("seed", value="3 1 6 4 2 6"), {"seed", "units", "teams", "tasks"}),
    "where the seed came from": (_put("seed_source", value="想的"), {"seed"}),
    "the time": (_put("drawn_at", value="2026-05-06T09:30:01+08:00"), {"drawn_at"}),
    "a count": (_put("terms", "strata", 0, "count", value=5), {"terms", "units", "tasks"}),
    "the days": (_put("terms", "last_day", value="2026-05-30"), {"terms"}),
    "a drawn unit": (_put("result", "units", 0, "unit", value="29"), {"result", "units"}),
    "the order": (_swap, {"result", "units"}),
    "one unit fewer": (lambda d: d["result"]["units"].pop(), {"result", "units"}),
    "who checks": (_put("result", "tasks", 0, "officers", value=["u0", "u1"]), {"result", "tasks"}),
    "a drawer": (_put("drawers", 0, "name", value="别人"), {"people"}),
    "the monitor drew": (_put("monitor", "key", value="d1"), {"people"}),
    "a recusal": (
        lambda d: d["recusals"].append(
            {"officer": "u0", "unit": "0", "reason": "", "declared_at": ""}
        ),
        {"recusals"},
    ),
    "an exclusion": (
        lambda d: d["excluded"].append(
            {"key": "7", "name": "甲", "uscc": "", "reason": "cap", "detail": ""}
        ),
        {"excluded"},
    ),
    "the number": (_put("number", value="鄂统抽〔2026〕2号"), {"head"}),
    "the seal": (_put("seal", value="0" * 64), {"seal"}),
}


def test_every_change_is_noticed_and_named():
    record = a_record()
    wrong = []
    for name, (change, parts) in CHANGES.items():
        data = stored(record)
        change(data)
        verdict = replay(data)
        found = {d.part for d in verdict.differences}
        if verdict.same or not parts <= found:
            wrong.append(f"{name}: {sorted(found)}, not {sorted(parts)}")
        assert all(str(d.message) for d in verdict.differences)
    assert not wrong, "\n".join(wrong)


def test_a_forger_who_seals_anew_meets_the_draw_or_the_known_seal():
    record = a_record()
    other = stored(replace(record, seed="6 6 6 6 6 6"))  # data() seals what it is given
    assert {d.part for d in replay(other).differences} >= {"units"}
    drawn_anew = a_record("6 6 6 6 6 6")
    assert replay(stored(drawn_anew)).same
    assert [d.part for d in replay(stored(drawn_anew), seal=record.seal).differences] == ["seal"]


def test_units_are_counted_and_named_where_the_result_differs():
    data = stored(a_record())
    gone = data["result"]["units"].pop()["unit"]
    (told,) = [str(d.message) for d in replay(data).differences if d.part == "units"]
    assert "记录有 6 个，重演有 7 个" in told
    assert f"缺少 {gone}" in told


def test_an_unknown_algorithm_is_not_guessed():
    data = stored(a_record())
    data["algorithm"] = "sha256-v2"
    assert {d.fault for d in replay(data).differences} == {"changed", "algorithm"}


def test_what_is_no_record_is_refused():
    whole = stored(a_record())
    bad: list[Any] = [None, [], "x", {}, {"form": "tracker.draw/1"}]
    for name in set(whole) - {"seal", "seals"}:
        less, other = deepcopy(whole), deepcopy(whole)
        del less[name]
        other[name] = 7 if not isinstance(whole[name], int) else "7"
        bad += [less, other]
    for path in (("terms", "teams"), ("terms", "first_day"), ("plan", "year")):
        for value in (-1, True, "2026-13-01", 10**30, "\ud800"):
            other = deepcopy(whole)
            other[path[0]][path[1]] = value
            bad.append(other)
    for data in bad:
        with pytest.raises(BadInput):
            replay(data)


# ---------------------------------------------------------------- seed and chance


def test_a_seed_is_hashed_as_everybody_would_type_it():
    assert clean_seed(" １２３４５６ ") == "123456"
    for bad in ("12345", "1" * 81, "12|3456", "123\n456", "123\u200b456"):
        with pytest.raises(BadInput):
            clean_seed(bad)


def test_everybody_is_drawn_about_as_often():
    """Chi-square with 19 and 5 degrees of freedom; the bounds are those of one in a million."""
    frame = a_frame(units=40)
    times, units, firsts = 600, Counter[str](), Counter[str]()
    wanted = terms(strata=(Stratum("industry", "工业", 5),), teams=1)
    for n in range(times):
        result = draw(frame, wanted, (), "m1", f"第 {n} 次抽取")
        units.update(u.unit for u in result.units)
        firsts[result.teams[0][0]] += 1
    assert len(units) == 20
    assert sum((c - times * 5 / 20) ** 2 / (times * 5 / 20) for c in units.values()) < 63
    assert sum((c - times / 6) ** 2 / (times / 6) for c in firsts.values()) < 36
