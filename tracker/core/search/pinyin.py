"""How a name is spoken: every reading of every character, the surname's own reading first."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

from tracker.core.search.bigrams import fold

# Surnames of one character that are read otherwise than the character mostly is.
SURNAMES: dict[str, str] = {
    "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "盖": "ge", "翟": "zhai", "朴": "piao",
    "覃": "qin", "单": "shan", "乐": "yue", "任": "ren", "查": "zha", "缪": "miao", "折": "she",
    "种": "chong", "员": "yun", "宓": "mi", "逄": "pang", "佴": "nai", "洗": "xian", "冼": "xian",
    "哈": "ha", "那": "na", "燕": "yan", "华": "hua", "宁": "ning", "应": "ying", "隗": "wei",
    "郇": "xun", "秘": "bi", "祭": "zhai", "相": "xiang", "卜": "bu", "柏": "bai", "薄": "bo",
    "召": "shao", "么": "yao", "都": "du", "干": "gan", "谌": "chen", "葛": "ge", "句": "gou",
    "阚": "kan", "牟": "mu", "宿": "su", "盛": "sheng", "尹": "yin", "瞿": "qu", "车": "che",
    "尉": "yu", "繁": "po", "殷": "yin", "钭": "tou", "粘": "nian", "乜": "nie", "厍": "she",
    "纪": "ji", "褚": "chu", "黑": "he", "占": "zhan", "石": "shi", "贾": "jia", "晟": "cheng",
    "臧": "zang", "藏": "zang", "重": "chong", "长": "chang", "行": "xing", "呙": "guo",
    "妫": "gui", "仉": "zhang", "过": "guo", "曲": "qu", "肖": "xiao",
}  # fmt: skip
# Surnames of two characters of which one is read otherwise there.
LONG_SURNAMES: dict[str, tuple[str, str]] = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "单于": ("chan", "yu"),
    "澹台": ("tan", "tai"), "令狐": ("ling", "hu"), "鲜于": ("xian", "yu"), "皇甫": ("huang", "fu"),
    "夏侯": ("xia", "hou"), "宿勤": ("su", "qin"), "乐正": ("yue", "zheng"), "拓跋": ("tuo", "ba"),
}  # fmt: skip
_MOST_READINGS = 4
_MOST_WAYS = 16
_LONGEST = 12


def spoken(name: str) -> list[str]:
    """What a person's name can be looked for by when it is typed as it is spoken.

    The whole, each rest of it from a later syllable on, and the initials; for every reading.
    """
    syllables = _syllables(name)
    found: dict[str, None] = {}
    for way in islice(product(*syllables), _MOST_WAYS if syllables else 0):
        for begin in range(len(way)):
            found["".join(way[begin:])] = None
        found["".join(s[0] for s in way)] = None
    # Further readings than there are ways for: each at least by itself.
    found.update(dict.fromkeys(s for readings in syllables for s in readings))
    return list(found)


def initials(name: str) -> str:
    """The first letters of a unit's name, each character in its first reading."""
    return "".join(readings[0][0] for readings in _syllables(name, _LONGEST * 3))


def _syllables(name: str, longest: int = _LONGEST) -> list[list[str]]:
    characters = [c for c in fold(name) if not c.isascii() and readings_of(c)][:longest]
    syllables = [list(readings_of(c)) for c in characters]
    for place, own in enumerate(_surname("".join(characters))):
        syllables[place] = list(dict.fromkeys([own, *syllables[place]]))[:_MOST_READINGS]
    return syllables


def _surname(name: str) -> tuple[str, ...]:
    if name[:2] in LONG_SURNAMES:
        return LONG_SURNAMES[name[:2]]
    return (SURNAMES[name[0]],) if name[:1] in SURNAMES else ()


@lru_cache(maxsize=20_000)
def readings_of(character: str) -> tuple[str, ...]:
    """The readings of one character without tones, the usual one first; empty for other signs."""
    from pypinyin import Style, pinyin  # its tables take a third of a second to read

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(found[0][:_MOST_READINGS]) if found else ()
