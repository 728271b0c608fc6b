"""Rules that an installation adds: read over the shipped ones, never against them in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.core.deadlines.rows import a_case_and_a_person
from tracker import cli
from tracker.app import create_app
from tracker.core.calendar import store
from tracker.core.cases.health import rule_faults
from tracker.core.deadlines import service
from tracker.core.errors import SetupError
from tracker.core.rulebook.loader import default_rulebook, local_rules, use_folder

NOW = datetime(2026, 4, 28, 1, tzinfo=UTC)
START = date(2026, 4, 28)
ORDOS, JILIN = "150602000000", "220102000000"

PACK = """
jurisdiction = "{code}"
name = "{place}"
[[rule]]
id = "T01"
title = "线索初审"
unit = "wd"
length = {length}
start = "线索登记之日"
stop = "作出初审意见"
responsible = "supervisor"
verified = "V"
[rule.source]
instrument = "{place}统计局线索办理规程"
number = "示例〔2026〕1号"
article = "第三条"
"""


def pack(code: str, place: str, length: int = 3) -> str:
    return PACK.format(code=code, place=place, length=length)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Write local packs by file name and read them; afterwards the shipped ones hold alone."""

    def write(**packs: str) -> Path:
        for name, text in packs.items():
            (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        use_folder(tmp_path)
        return tmp_path

    yield write
    use_folder(None)


def test_two_bureaus_get_their_own_dates_with_their_own_sources(session: Session, folder):
    folder(ordos=pack("1506", "鄂尔多斯市", 3), jilin=pack("2201", "长春市", 10))
    store.seed(session, NOW)
    case_id, actor_id = a_case_and_a_person(session, NOW)
    found = {}
    for region in (ORDOS, JILIN, "110101000000"):
        rule = default_rulebook().rule("T01", START, region)
        clock = service.start(
            session, case_id, rule, START, actor_id=actor_id, now=NOW, region_code=rule.jurisdiction
        )
        again = default_rulebook().version("T01", clock.rule_version, clock.region_code)
        found[region] = (clock.due_on, str(again.source), str(again.ground))
        assert service.check(session, clock) == []
    # From Tuesday 28 April 2026; 1 to 5 May are off, Saturday 9 May is worked.
    ours = "本系统默认值，非法定期限，可调整"
    law = "中华人民共和国行政处罚法第五十四条第二款"
    assert found == {
        ORDOS: (date(2026, 5, 6), *["鄂尔多斯市统计局线索办理规程（示例〔2026〕1号）第三条"] * 2),
        JILIN: (date(2026, 5, 14), *["长春市统计局线索办理规程（示例〔2026〕1号）第三条"] * 2),
        "110101000000": (date(2026, 5, 11), law, ours),
    }
    assert list(rule_faults(session)) == []


def test_a_clock_whose_pack_has_gone_is_named(session: Session, folder):
    path = folder(ordos=pack("1506", "鄂尔多斯市", 3))
    store.seed(session, NOW)
    case_id, actor_id = a_case_and_a_person(session, NOW)
    rule = default_rulebook().rule("T01", START, ORDOS)
    service.start(
        session, case_id, rule, START, actor_id=actor_id, now=NOW, region_code=rule.jurisdiction
    )
    (path / "ordos.toml").write_text(pack("1506", "鄂尔多斯市", 4), encoding="utf-8")
    use_folder(path)
    (fault,) = rule_faults(session)
    assert "T01" in str(fault)
    assert "3 个工作日" in str(fault)


def test_the_doctor_reads_the_packs_and_lists_the_local_ones(test_settings, capsys, folder):
    settings = test_settings("sqlite://")
    rules = settings.instance_path / "rules"
    rules.mkdir()
    try:
        assert list(cli._rule_faults(settings)) == []
        cli._list_local_rules()
        assert capsys.readouterr().out == ""
        (rules / "ordos.toml").write_text(pack("1506", "鄂尔多斯市"), encoding="utf-8")
        assert list(cli._rule_faults(settings)) == []
        cli._list_local_rules()
        said = capsys.readouterr().out
        assert "地方规则 ordos.toml：T01（鄂尔多斯市），3 个工作日，鄂尔多斯市统计局线索" in said
        (rules / "ordos.toml").write_text("x = ", encoding="utf-8")
        assert cli._report("规则库", lambda: cli._rule_faults(settings)) == 1
        assert "✗ 规则库" in capsys.readouterr().out
    finally:
        (rules / "ordos.toml").unlink()
        rules.rmdir()


def test_a_folder_is_read_again_only_when_it_changed(folder):
    assert local_rules() == ()
    path = folder(ordos=pack("1506", "鄂尔多斯市"))
    book = default_rulebook()
    assert [(r.id, r.place, r.pack) for r in local_rules()] == [("T01", "鄂尔多斯市", "ordos.toml")]
    use_folder(path)
    assert default_rulebook() is book
    use_folder(path / "not there")
    assert local_rules() == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (pack("", "全国"), "jurisdiction"),
        (pack("15062", "x"), "15062"),
        (pack("1506", "x").replace("1506", "鄂尔多斯"), "地区代码"),
        (pack("1506", "本系统默认").replace("统计局线索办理规程", ""), "source"),
        (pack("1506", "x").replace("[rule.source]", "ours = true\n[rule.source]"), "ours"),
        (pack("1506", "x") + "[display]\namber_share = 1\namber_most_wd = 1\n", "display"),
        (pack("1506", "x", 0), "正整数"),
        (pack("530181", "安宁市").replace('"T01"', '"L14"'), "530181-anning.toml"),
        ('jurisdiction = "1506"\nrules = 1\n', "rules"),
        ('jurisdiction = "1506"\nrule = 1\n', "rule"),
        ("jurisdiction = ", "TOML"),
    ],
)
def test_a_faulty_pack_is_refused_and_the_shipped_ones_hold(folder, text, complaint):
    with pytest.raises(SetupError) as refused:
        folder(bad=text)
    assert "bad.toml" in str(refused.value)
    assert complaint in str(refused.value)
    assert default_rulebook().rule("T01", START, ORDOS).length == 7


def test_a_faulty_pack_stops_the_start(folder, tmp_path, test_settings):
    settings = test_settings("sqlite://")
    rules = settings.instance_path / "rules"
    rules.mkdir()
    try:
        (rules / "bad.toml").write_text(
            pack("1506", "x").replace("[rule.source]", "colour = 1\n[rule.source]"),
            encoding="utf-8",
        )
        with pytest.raises(SetupError, match=r"bad\.toml，规则 T01：不认识 colour"):
            create_app(settings)
        (rules / "bad.toml").write_bytes("统计".encode("gbk"))
        with pytest.raises(SetupError, match=r"bad\.toml 读不出来"):
            create_app(settings)
    finally:
        (rules / "bad.toml").unlink()
        rules.rmdir()
