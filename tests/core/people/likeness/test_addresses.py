from __future__ import annotations

import pytest

from tongpin.core.people.likeness.addresses import compare_addresses, read_address
from tongpin.core.people.likeness.values import Address
from tongpin.core.people.likeness.weights import ADDRESS_MOST

HOME = Address(province="浙江省", city="杭州市", district="西湖区", street="文三路199号翠湖小区3栋502室")


def codes(a: Address, b: Address) -> set[str]:
    one, other = read_address(a), read_address(b)
    assert one is not None
    assert other is not None
    reasons = compare_addresses((one,), (other,), None)
    assert compare_addresses((other,), (one,), None) == reasons
    assert sum(reason.weight for reason in reasons) <= ADDRESS_MOST + 1e-9
    return {reason.code for reason in reasons}


AREA = {"province_same", "city_same", "district_same"}


@pytest.mark.parametrize(
    ("line", "province", "city", "district", "rest"),
    [
        ("浙江省杭州市西湖区翠湖小区3-502", "浙江", "杭州", "西湖", "翠湖小区"),
        ("北京市市辖区朝阳区建国路88号", "北京", "北京", "朝阳", "建国路"),
        ("上海市浦东新区世纪大道1号", "上海", "上海", "浦东新", "世纪大道"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市解放路1号", "新疆", "伊犁哈萨克", "伊宁", "解放路"),
        ("江苏省苏州市昆山市玉山镇前进路3号", "江苏", "苏州", "昆山", "玉山镇前进路"),
        ("翠湖小区3栋", "", "", "", "翠湖小区"),
    ],
)
def test_a_whole_line_gives_up_its_province_city_and_district(
    line: str, province: str, city: str, district: str, rest: str
) -> None:
    read = read_address(Address(street=line))
    assert read is not None
    assert (read.province, read.city, read.district, read.line) == (province, city, district, rest)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Address(detail="浙江省杭州市西湖区文三路199号翠湖小区3幢502"), AREA | {"address_same"}),
        (Address(street="浙江省杭州市西湖区翠湖小区3-502"), AREA | {"address_near"}),
        (Address(street="浙江省杭州市西湖区文三路199号翠湖小区4栋301室"), AREA | {"address_neighbour"}),
        (Address(street="浙江省杭州市西湖区文三路****"), AREA | {"address_masked_fits"}),
        (Address(street="浙江省杭州市滨江区江南大道8号"), {"province_same", "city_same", "district_differs"}),
        (Address(province="广东"), set()),
    ],
)
def test_how_chinese_addresses_agree(other: Address, expected: set[str]) -> None:
    assert codes(HOME, other) == expected


OLD = Address(
    province="nsw", suburb="wahroonga", street="burra street", number="17", detail="the pines", postcode="2076"
)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (
            Address(province="nsw", suburb="wahroonag", street="17 burra st", detail="pines the", postcode="2067"),
            {"province_same", "suburb_near", "postcode_near", "street_same", "house_number_same"},
        ),
        (
            Address(suburb="wahroonga", street="the pines", number="17", detail="burra street"),
            {"suburb_same", "street_same", "detail_same", "house_number_same"},
        ),
        (
            Address(suburb="maroubra", street="anzac parade", number="17", postcode="2035"),
            {"suburb_differs", "postcode_differs", "street_differs"},
        ),
    ],
)
def test_how_western_addresses_agree(other: Address, expected: set[str]) -> None:
    assert codes(OLD, other) == expected


def test_an_empty_address_is_none() -> None:
    assert read_address(Address(street=" ** ")) is None


def test_of_several_addresses_the_most_like_pair_counts() -> None:
    office, home = read_address(Address(street="建国路88号2栋1101")), read_address(HOME)
    assert office is not None
    assert home is not None
    assert {r.code for r in compare_addresses((office, home), (home,), None)} == AREA | {"address_same"}
