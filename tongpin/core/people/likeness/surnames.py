"""Chinese surnames: how many in a thousand bear one, which have two characters, which sound otherwise than usual.

Shares: name reports of the Ministry of Public Security, rounded; the rarer ones by tier. A table of 400 is enough here:
a surname missing from it counts as rare, which is what it is.
"""

from typing import Final

_COUNTED: Final[dict[str, float]] = {
    **{"王": 72.0, "李": 71.0, "张": 68.0, "刘": 53.0, "陈": 46.0, "杨": 31.0, "赵": 23.0, "黄": 22.0, "周": 21.0},
    **{"吴": 20.0, "徐": 17.0, "孙": 15.0, "胡": 13.0, "朱": 13.0, "高": 12.0, "林": 12.0, "何": 12.0, "郭": 12.0},
    **{"马": 12.0, "罗": 10.0, "梁": 9.0, "宋": 8.0, "郑": 8.0, "谢": 8.0, "韩": 7.0, "唐": 7.0, "冯": 7.0},
}
_FREQUENT: Final = "于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔"
_KNOWN: Final = "白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁"
_RARE: Final = (
    "葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜肖詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈"
    "鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来苟全褚廉简娄盖"
    "符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗"
    "匡宗应台巫鞠僧桑荆谌银沙伏岑习胥蔺区朴尉闫付"
)
_SHARES: Final[dict[str, float]] = {
    **dict.fromkeys(_RARE, 0.6),
    **dict.fromkeys(_KNOWN, 2.5),
    **dict.fromkeys(_FREQUENT, 4.5),
    **_COUNTED,
}
_DOUBLE: Final = frozenset(
    {"欧阳", "上官", "司马", "诸葛", "皇甫", "东方", "尉迟", "公孙", "令狐", "慕容"}
    | {"司徒", "夏侯", "宇文", "长孙", "端木", "申屠", "轩辕", "独孤", "南宫", "呼延"}
)
_SIMPLIFIED: Final = str.maketrans(
    "張劉陳楊趙黃吳孫馬羅鄭謝韓馮鄧許蕭呂蘇盧蔣賈葉閻餘鐘譚鄒陸龍萬錢湯賀賴龔龐蘭顏嚴溫魯莊歐陽諸東遲長軒獨",
    "张刘陈杨赵黄吴孙马罗郑谢韩冯邓许萧吕苏卢蒋贾叶阎余钟谭邹陆龙万钱汤贺赖龚庞兰颜严温鲁庄欧阳诸东迟长轩独",
)
_SOUNDS: Final[dict[str, str]] = {
    **{"曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "盖": "ge", "翟": "zhai", "区": "ou"},
    **{"朴": "piao", "任": "ren", "华": "hua", "尉迟": "yuchi", "长孙": "zhangsun", "冼": "xian", "乐": "yue"},
}


def surname_share(surname: str) -> float | None:
    """Bearers in a thousand people; None where the characters are no surname of the table."""
    plain = surname.translate(_SIMPLIFIED)
    return 0.6 if plain in _DOUBLE else _SHARES.get(plain)


def surname_sound(surname: str) -> str | None:
    """The reading as a surname, where it differs from the usual one."""
    return _SOUNDS.get(surname.translate(_SIMPLIFIED))


def split_han(text: str) -> tuple[str, ...]:
    """Surname and given part: 欧阳娜娜 → 欧阳, 娜娜; a lone surname is one part."""
    if len(text) > 2 and text[:2].translate(_SIMPLIFIED) in _DOUBLE:
        return text[:2], text[2:]
    if len(text) <= 1 or text.translate(_SIMPLIFIED) in _DOUBLE:
        return (text,)
    return text[:1], text[1:]
