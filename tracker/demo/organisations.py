"""The bodies of the demo: real places, with the bureaus and departments such places have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from tracker.core.registers.models import Organisation

ORDOS, JILIN, CHONGQING = "150600000000", "220000000000", "500000000000"
_HOMES = (ORDOS, JILIN, CHONGQING)


@dataclass(frozen=True, slots=True)
class Body:
    """One organisation before it has a row; `key` is how the demo speaks of it."""

    key: str
    name: str
    short_name: str
    kind: str
    region_code: str
    prefix: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place with a statistics bureau: its name, and the sign its documents carry."""

    code: str
    name: str
    sign: str
    parent: str | None = None


# Places with a bureau and departments of their own; the first of each row is the territory.
TERRITORIES = {
    "ordos": (
        Place(ORDOS, "鄂尔多斯市", "鄂", "150000000000"),
        Place("150602000000", "东胜区", "东", ORDOS),
        Place("150622000000", "准格尔旗", "准", ORDOS),
        Place("150627000000", "伊金霍洛旗", "伊", ORDOS),
    ),
    "jilin": (
        Place(JILIN, "吉林省", "吉"),
        Place("220100000000", "长春市", "长", JILIN),
        Place("220800000000", "白城市", "白", JILIN),
        Place("220102000000", "南关区", "南关", "220100000000"),
        Place("220881000000", "洮南市", "洮南", "220800000000"),
    ),
    "chongqing": (
        Place(CHONGQING, "重庆市", "渝"),
        Place("500107000000", "九龙坡区", "九龙坡", CHONGQING),
        Place("500117000000", "合川区", "合川", CHONGQING),
        Place("500118000000", "永川区", "永川", CHONGQING),
    ),
}

# Bureaus elsewhere, where the published cases lie; some have only the bureaus below them.
ELSEWHERE = (
    Place("000000000000", "国家", "国"),
    Place("150000000000", "内蒙古自治区", "内"),
    Place("150500000000", "通辽市", "通", "150000000000"),
    Place("110000000000", "北京市", "京"),
    Place("110114000000", "昌平区", "昌", "110000000000"),
    Place("120000000000", "天津市", "津"),
    Place("130000000000", "河北省", "冀"),
    Place("140000000000", "山西省", "晋"),
    Place("140800000000", "运城市", "运", "140000000000"),
    Place("210000000000", "辽宁省", "辽"),
    Place("211200000000", "铁岭市", "铁", "210000000000"),
    Place("230000000000", "黑龙江省", "黑"),
    Place("231100000000", "黑河市", "黑河", "230000000000"),
    Place("320000000000", "江苏省", "苏"),
    Place("321300000000", "宿迁市", "宿迁", "320000000000"),
    Place("340000000000", "安徽省", "皖"),
    Place("341300000000", "宿州市", "宿州", "340000000000"),
    Place("350000000000", "福建省", "闽"),
    Place("360000000000", "江西省", "赣"),
    Place("370000000000", "山东省", "鲁"),
    Place("370700000000", "潍坊市", "潍", "370000000000"),
    Place("440000000000", "广东省", "粤"),
    Place("440100000000", "广州市", "穗", "440000000000"),
    Place("440781000000", "台山市", "台山", "440000000000"),
    Place("441324000000", "龙门县", "龙门", "440000000000"),
    Place("442000000000", "中山市", "中山", "440000000000"),
    Place("460000000000", "海南省", "琼"),
    Place("460200000000", "三亚市", "三亚", "460000000000"),
    Place("510000000000", "四川省", "川"),
    Place("510600000000", "德阳市", "德", "510000000000"),
    Place("630000000000", "青海省", "青"),
    Place("640000000000", "宁夏回族自治区", "宁"),
    Place("640100000000", "银川市", "银", "640000000000"),
)

SURVEY_TEAMS = (
    Body("team:ordos", "国家统计局鄂尔多斯调查队", "鄂市调查队", "survey_team", ORDOS, "鄂调"),
    Body("team:jilin", "国家统计局吉林调查总队", "吉林总队", "survey_team", JILIN, "吉调"),
    Body(
        "team:chongqing", "国家统计局重庆调查总队", "重庆总队", "survey_team", CHONGQING, "渝调"
    ),
)  # fmt: skip

# Key, full name after the place, short name, sign.
_DEPARTMENTS = (
    ("industry", "工业和信息化局", "工信局", "工信"),
    ("reform", "发展和改革委员会", "发改委", "发改"),
    ("commerce", "商务局", "商务局", "商"),
    ("housing", "住房和城乡建设局", "住建局", "建"),
    ("transport", "交通运输局", "交通局", "交"),
    ("farming", "农牧局", "农牧局", "农"),
    ("energy", "能源局", "能源局", "能"),
)
# What a province or a municipality calls the same department.
_OTHER_NAMES = {
    JILIN: {
        "industry": ("工业和信息化厅", "工信厅"),
        "commerce": ("商务厅", "商务厅"),
        "housing": ("住房和城乡建设厅", "住建厅"),
        "transport": ("交通运输厅", "交通厅"),
        "farming": ("农业农村厅", "农业农村厅"),
    },
    CHONGQING: {
        "industry": ("经济和信息化委员会", "经信委"),
        "commerce": ("商务委员会", "商务委"),
        "housing": ("住房和城乡建设委员会", "住建委"),
        "transport": ("交通运输委员会", "交通委"),
        "farming": ("农业农村委员会", "农业农村委"),
    },
}
_PLAIN_FARMING = ("农业农村局", "农业农村局")

_TOWNS = (
    ("150602001000", "交通街道"),
    ("150602101000", "罕台镇"),
    ("150602102000", "铜川镇"),
    ("150622100000", "薛家湾镇"),
    ("150622102000", "大路镇"),
    ("150622202000", "布尔陶亥苏木"),
    ("150627100000", "阿勒腾席热镇"),
    ("150627102000", "乌兰木伦镇"),
    ("220102003000", "民康街道"),
    ("220102200000", "幸福乡"),
    ("220881101000", "万宝镇"),
    ("220881102000", "黑水镇"),
    ("500107102000", "华岩镇"),
    ("500107110000", "西彭镇"),
    ("500117002000", "钓鱼城街道"),
    ("500117006000", "云门街道"),
    ("500118116000", "三教镇"),
    ("500118118000", "朱沱镇"),
)

# The township of each home whose people have accounts, and a village below one of them.
HOME_TOWNS = {"ordos": "150602101000", "jilin": "220102200000", "chongqing": "500107102000"}
VILLAGE = "150602101201"


def bureau(code: str) -> str:
    """The key of a place's bureau."""
    return f"bureau:{code}"


def department(code: str, which: str) -> str:
    """The key of a department of a place."""
    return f"{which}:{code}"


def town(code: str) -> str:
    """The key of a township or sub-district."""
    return f"town:{code}"


def village(code: str) -> str:
    """The key of a village's own organisation."""
    return f"village:{code}"


def bodies() -> Iterator[Body]:
    """Every organisation of the demo, parents before children."""
    places = [*ELSEWHERE, *(place for row in TERRITORIES.values() for place in row)]
    known = {place.code for place in places}
    for place in sorted(places, key=lambda p: p.code):
        parent = bureau(place.parent) if place.parent in known else None
        yield _bureau(place, parent)
    yield from SURVEY_TEAMS
    for row in TERRITORIES.values():
        for place in row:
            yield from _departments(place)
    signs = {place.code: place.sign for place in places}
    names = {place.code: place.name for place in places}
    for code, name in _TOWNS:
        county = f"{code[:6]}000000"
        yield Body(
            town(code),
            f"{names[county]}{name}",
            name,
            "township",
            code,
            f"{signs[county]}{name[:2]}",
        )
    yield Body(
        village(VILLAGE), "东胜区罕台镇九成功村村民委员会", "九成功村", "other", VILLAGE, "东罕九",
        town(HOME_TOWNS["ordos"]),
    )  # fmt: skip
    yield Body(
        "housing:140000000000", "山西省住房和城乡建设厅", "省住建厅", "department",
        "140000000000", "晋建",
    )  # fmt: skip


def _bureau(place: Place, parent: str | None) -> Body:
    return Body(
        bureau(place.code),
        f"{place.name}统计局",
        f"{_rank(place)}统计局",
        "bureau",
        place.code,
        f"{place.sign}统",
        parent,
    )


def _departments(place: Place) -> Iterator[Body]:
    for which, name, short, sign in _DEPARTMENTS:
        if which == "farming" and not place.code.startswith("15"):
            name, short = _PLAIN_FARMING
        if which == "energy" and not place.code.startswith("15"):
            continue
        name, short = _OTHER_NAMES.get(place.code, {}).get(which, (name, short))
        yield Body(
            department(place.code, which),
            f"{place.name}{name}",
            f"{_rank(place)}{short}",
            "department",
            place.code,
            f"{place.sign}{sign}",
        )
    yield Body(
        department(place.code, "tax"), f"国家税务总局{place.name}税务局",
        f"{_rank(place)}税务局", "department", place.code, f"{place.sign}税",
    )  # fmt: skip
    yield Body(
        department(place.code, "discipline"), f"{place.name}纪委监委",
        f"{_rank(place)}纪委监委", "other", place.code, f"{place.sign}纪",
    )  # fmt: skip


def _rank(place: Place) -> str:
    """What stands before a short name: 市 or 省 at home, the place's name everywhere else."""
    return place.name[-1] if place.code in _HOMES else place.name


def found(session: Session) -> dict[str, Organisation]:
    """Write all bodies down; answers them by key."""
    made: dict[str, Organisation] = {}
    for body in bodies():
        row = Organisation(
            name=body.name,
            short_name=body.short_name,
            kind=body.kind,
            region_code=body.region_code,
            parent_id=made[body.parent].id if body.parent else None,
            doc_prefix=body.prefix,
            active=True,
            is_demo=True,
        )
        session.add(row)
        session.flush()
        made[body.key] = row
    return made
