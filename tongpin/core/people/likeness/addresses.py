"""How like two addresses are: field by field where they are split (Western), as one line where not (Chinese)."""

import re
from dataclasses import dataclass
from typing import Final

from tongpin.core.people.likeness.spelling import edits, figures, fold, has_han, letters, near, overlap
from tongpin.core.people.likeness.values import Address, Reason
from tongpin.core.people.likeness.weights import ADDRESS_MOST, BITS, Counts, bits_of_value

_PROVINCE_END: Final = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")
_CITY_END: Final = re.compile(r"(?<=..)(?:市|地区|盟|(?:[^自]{1,6}族)*自治州)$")
_DISTRICT_END: Final = re.compile(r"(?<=..)(?:区|县|市|旗)$")
# 小区, 社区, 园区 … are places inside a district, not districts.
_LINE: Final = re.compile(
    r"^(?P<province>[^省市区]{2,6}?(?:省|自治区))?(?P<city>[^省市区县]{2,6}?(?:市|自治州|地区|盟))?"
    r"(?:市辖区)?(?P<district>[^省市区县旗0-9]{1,8}?(?:(?<![小社园校景厂库])区|县|旗|市(?![场民政区])))?"
)
_MUNICIPALITIES: Final = frozenset({"北京", "上海", "天津", "重庆"})
_STARS: Final = re.compile(r"[*×●]+")
_SIGNS: Final = re.compile(r"[^\w]+|_+")
_DIGITS: Final = re.compile(r"[0-9]+")
# 3幢502, 3号楼502室 and 3-502 are one door; the words between the figures carry nothing.
_DOOR_WORDS: Final = re.compile(r"(?<=[0-9])(?:号楼|[栋幢座楼单元号室弄])+")
_LEADING_NUMBER: Final = re.compile(r"^([0-9]+[a-z]?)\s+(\S.*)$")
_ROADS: Final = {
    **{"st": "street", "rd": "road", "ave": "avenue", "av": "avenue", "dr": "drive", "pl": "place", "ct": "court"},
    **{"crt": "court", "cres": "crescent", "cct": "circuit", "ln": "lane", "blvd": "boulevard", "tce": "terrace"},
}
_IMPLIED: Final = 0.4


@dataclass(frozen=True, slots=True)
class Dwelling:
    """An address folded for comparing; `line` is set where it is written in Han characters."""

    province: str
    city: str
    district: str
    suburb: str
    street: str
    number: str
    detail: str
    postcode: str
    line: str
    doors: tuple[str, ...]
    masked: bool


def _area(text: str, end: re.Pattern[str]) -> str:
    plain = letters(fold(text))
    return "" if plain in {"市辖区", "县", "其他"} else end.sub("", plain)


def _road(text: str) -> str:
    words = text.split()
    if len(words) > 1 and words[-1] in _ROADS:
        words[-1] = _ROADS[words[-1]]
    return letters("".join(words))


def read_address(raw: Address) -> Dwelling | None:
    """None where nothing is left that could be compared."""
    street, number = fold(raw.street).strip(), letters(fold(raw.number))
    if not number and (split := _LEADING_NUMBER.match(street)):
        number, street = split.group(1), split.group(2)
    province, city, district = _area(raw.province, _PROVINCE_END), _area(raw.city, _CITY_END), raw.district
    whole = _SIGNS.sub(" ", " ".join(fold(text) for text in (raw.street, raw.number, raw.detail))).strip()
    line = ""
    if has_han(whole):
        found = _LINE.match(whole)
        if found and (found["province"] or found["city"]):
            province = province or _area(found["province"] or "", _PROVINCE_END)
            city = city or _area(found["city"] or "", _CITY_END)
            district = district or found["district"] or ""
            whole = whole[found.end() :]
        line = whole
    if not city and province in _MUNICIPALITIES:
        city = province
    if not province and city in _MUNICIPALITIES:
        province = city
    dwelling = Dwelling(
        province=province,
        city=city,
        district=_area(district, _DISTRICT_END),
        suburb=letters(fold(raw.suburb)),
        street=_road(street),
        number=number,
        detail=letters(fold(raw.detail)),
        postcode=letters(fold(raw.postcode)),
        line=letters(_DIGITS.sub("", _DOOR_WORDS.sub("", line))),
        doors=figures(line) if line else (),
        masked=any(_STARS.search(fold(text)) for text in (raw.street, raw.number, raw.detail)),
    )
    return dwelling if any((whole, province, city, dwelling.district, dwelling.suburb, dwelling.postcode)) else None


def compare_addresses(a: tuple[Dwelling, ...], b: tuple[Dwelling, ...], counts: Counts | None) -> tuple[Reason, ...]:
    """The reasons of the most like pair of addresses, together at most ADDRESS_MOST bits."""
    best: tuple[Reason, ...] | None = None
    for x in a:
        for y in b:
            reasons = _compare_two(x, y, counts)
            # A pair that tells nothing is more like than one that differs, whichever is looked at first.
            if best is None or _rank(reasons) > _rank(best):
                best = reasons
    best = best or ()
    total = sum(r.weight for r in best)
    if total <= ADDRESS_MOST:
        return best
    shrink = ADDRESS_MOST / total
    return tuple(Reason(r.code, r.agrees, r.weight * shrink, r.detail) for r in best)


def _rank(reasons: tuple[Reason, ...]) -> tuple[float, tuple[tuple[str, float], ...]]:
    return round(sum(r.weight for r in reasons), 6), tuple((r.code, r.weight) for r in reasons)


def _compare_two(a: Dwelling, b: Dwelling, counts: Counts | None) -> tuple[Reason, ...]:
    codes: list[tuple[str, float]] = []
    for field, x, y in (("province", a.province, b.province), ("city", a.city, b.city)):
        if x and x == y:
            codes.append((f"{field}_same", BITS[f"{field}_same"]))
    if a.district and b.district:
        code = "district_same" if a.district == b.district else "district_differs"
        codes.append((code, BITS[code]))
    codes += _suburb_and_postcode(a, b, counts)
    near_by = any(bits > 2 for _, bits in codes)
    codes += _han_line(a, b) if a.line and b.line else _split_fields(a, b, near_by=near_by, counts=counts)
    return tuple(Reason(code, bits > 0, bits) for code, bits in codes)


def _suburb_and_postcode(a: Dwelling, b: Dwelling, counts: Counts | None) -> list[tuple[str, float]]:
    codes: list[tuple[str, float]] = []
    for field, x, y in (("suburb", a.suburb, b.suburb), ("postcode", a.postcode, b.postcode)):
        if not x or not y:
            continue
        close = near(x, y) if field == "suburb" else edits(x, y) == 1
        code = f"{field}_same" if x == y else f"{field}_near" if close else f"{field}_differs"
        bits = BITS[code]
        if x == y:
            bits = bits_of_value(field, x, default=bits, most=9.0, counts=counts)
        # The post code mostly follows from the suburb.
        implied = bits > 0 and any(weight > 2 for _, weight in codes)
        codes.append((code, bits * _IMPLIED if implied else bits))
    return codes


def _text_code(kind: str, x: str, y: str) -> str:
    return f"{kind}_same" if x == y else f"{kind}_near" if near(x, y) or _inside(x, y) else f"{kind}_differs"


def _inside(x: str, y: str) -> bool:
    shorter, longer = sorted((x, y), key=len)
    return len(shorter) >= 6 and shorter in longer


def _split_fields(a: Dwelling, b: Dwelling, *, near_by: bool, counts: Counts | None) -> list[tuple[str, float]]:
    pairs = [(a.street, b.street), (a.detail, b.detail)]
    # Street and second line typed in each other's field.
    if a.street != b.street and "" not in (a.street, b.street) and (a.street == b.detail or b.street == a.detail):
        crossed = [(a.street, b.detail), (a.detail, b.street)]
        pairs = sorted(crossed, key=lambda pair: (pair[0] != pair[1], min(pair), max(pair)))
    (street_a, street_b), (detail_a, detail_b) = pairs
    codes: list[tuple[str, float]] = []
    if street_a and street_b:
        code = _text_code("street", street_a, street_b)
        bits = BITS[code]
        if street_a == street_b:
            bits = bits_of_value("street", street_a, default=bits, most=10.0, counts=counts)
        codes.append((code, bits))
    if detail_a and detail_b and (code := _text_code("detail", detail_a, detail_b)) != "detail_differs":
        codes.append((code, BITS[code]))
    if a.number and a.number == b.number and (near_by or any(bits > 0 for _, bits in codes)):
        codes.append(("house_number_same", BITS["house_number_same"]))
    return codes


def _han_line(a: Dwelling, b: Dwelling) -> list[tuple[str, float]]:
    code = _han_code(a, b)
    return [(code, BITS[code])] if code else []


def _han_code(a: Dwelling, b: Dwelling) -> str | None:
    """In a community many live in one 小区: only equal numbers of house and door make an address one."""
    _, held = overlap(a.line, b.line)
    if a.masked or b.masked:
        return "address_masked_fits" if held >= 0.8 and min(len(a.line), len(b.line)) >= 3 else None
    if held < 0.6:
        return None
    if a.doors == b.doors and len(a.doors) > 1:
        return "address_same"
    shorter, longer = sorted((a.doors, b.doors), key=len)
    return "address_near" if shorter and longer[-len(shorter) :] == shorter else "address_neighbour"
