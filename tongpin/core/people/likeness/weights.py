"""The shipped chances of every reason, the priors, the thresholds, and how known counts sharpen a weight.

Three explanations compete: one person (m), two strangers (u), two of one household (h). Against strangers a reason
weighs log2(m/u) bits, and that weight is shown; against housemates log2(m/h): there an equal phone or address proves
little, an equal given name or birth much.
The figures are reasoned (days of a life, surname shares, digits shown) and held against febrl 1's labelled pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import Final

# Unless counts say otherwise: 100,000 people with some 300 doubles among them, one true pair in 2**24.
PEOPLE: Final = 100_000
_DOUBLES: Final = 7.4
# Below this many, families and neighbours, not strangers, are what looks alike: the prior stays.
_FEWEST: Final = 12_000
# SUGGEST asks for 24.1 bits among few people, 27.2 among 100,000, 30.5 among a million; STRONG for 6.8 more.
# A masked phone gives at most 16, a masked name 4, province, city and district 4.1: together they always stay weak.
# A whole name gives at most 14.5: with a masked phone it may be suggested but is never strong.
SUGGEST: Final = 0.9
STRONG: Final = 0.999

# Of records that look alike and live together, two in three are one person, one in three are two of a family.
HOUSEMATES: Final = 1.0

# reason: (m, u, h)
CHANCES: Final[dict[str, tuple[float, float, float]]] = {
    "phone_same": (0.70, 3.3e-10, 0.10),
    "phone_near": (0.03, 7.0e-6, 0.01),
    "phone_differs": (0.30, 1.0, 0.85),
    "mail_same": (0.60, 2.8e-10, 0.05),
    "mail_near": (0.10, 1.5e-6, 0.01),
    "mail_local_same": (0.05, 1.2e-5, 5.0e-3),
    "mail_differs": (0.50, 1.0, 0.95),
    "account_same": (0.60, 2.8e-10, 0.05),
    "number_same": (0.90, 9.0e-7, 0.015),
    "number_near": (0.05, 6.0e-4, 0.02),
    "number_differs": (0.12, 1.0, 0.95),
    "birth_same": (0.93, 8.0e-5, 3.0e-3),
    "birth_same_placeholder": (0.93, 8.0e-3, 0.10),
    "birth_near": (0.05, 8.0e-4, 0.01),
    "birth_digits_swapped": (0.03, 4.0e-4, 4.0e-3),
    "birth_day_month_swapped": (0.02, 2.5e-4, 2.0e-3),
    "birth_part_same": (0.04, 5.0e-3, 0.02),
    "birth_year_same": (0.90, 2.5e-2, 0.10),
    "birth_differs": (0.06, 0.99, 0.96),
    "name_token_differs": (0.06, 0.99, 0.50),
    "name_differs": (0.04, 0.95, 0.96),
    "title_differs": (0.04, 0.50, 0.55),
    "province_same": (0.90, 0.45, 0.90),
    "city_same": (0.85, 0.40, 0.85),
    "district_same": (0.80, 0.20, 0.80),
    "district_differs": (0.60, 0.95, 0.20),
    "suburb_same": (0.70, 8.0e-3, 0.70),
    "suburb_near": (0.20, 8.0e-3, 0.20),
    "suburb_differs": (0.40, 0.95, 0.15),
    "postcode_same": (0.80, 8.0e-3, 0.80),
    "postcode_near": (0.10, 2.5e-2, 0.10),
    "postcode_differs": (0.45, 0.95, 0.20),
    "street_same": (0.65, 2.5e-3, 0.65),
    "street_near": (0.25, 4.0e-3, 0.25),
    "street_differs": (0.35, 0.98, 0.15),
    "house_number_same": (0.85, 5.0e-2, 0.85),
    "detail_same": (0.60, 5.0e-3, 0.60),
    "detail_near": (0.25, 8.0e-3, 0.25),
    "address_same": (0.30, 1.8e-5, 0.30),
    "address_near": (0.30, 6.0e-4, 0.30),
    "address_masked_fits": (0.50, 3.0e-2, 0.50),
    "address_neighbour": (0.20, 2.5e-2, 0.10),
}
BITS: Final[dict[str, float]] = {code: log2(m / u) for code, (m, u, _) in CHANCES.items()}
# The reasons whose weight against strangers is reckoned from the value itself have a plain one against housemates.
HOME_BITS: Final[dict[str, float]] = {
    **{code: log2(m / h) for code, (m, _, h) in CHANCES.items()},
    "account_mask_fits": 1.5,
    "name_mask_fits": 5.0,
    "name_near": 5.5,
    "name_part_same": 0.8,
    "name_pinyin_same": 6.0,
    "name_same": 8.5,
    "name_swapped": 8.0,
    "nickname_holds_name": 7.0,
    "nickname_is_given_name": 3.0,
    "nickname_near": 3.0,
    "nickname_same": 6.0,
    "phone_mask_fits": 2.8,
    "surname_same": 0.8,
}
# What a reason's detail changes: a family shares its surname, brothers and sisters often one character besides, but
# hardly ever a Western given name.
HOME_DETAIL: Final[dict[tuple[str, str], float]] = {
    ("name_mask_fits", "shown_1"): -4.2,
    ("name_near", "surname_same"): -5.5,
    ("name_part_same", "part_differs"): -3.8,
    ("name_part_same", "given_same"): 5.6,
}

MASKED_PHONE_MOST: Final = 16.0
MASKED_NAME_MOST: Final = 4.0
SURNAME_MOST: Final = 4.0
NAME_MOST: Final = 14.5
NICKNAME_MOST: Final = 8.0
NICKNAME_COUNTED_MOST: Final = 12.0
MASKED_ACCOUNT_MOST: Final = 8.0
# Four people share a household; an equal address leaves that doubt however exact it is.
ADDRESS_MOST: Final = 18.0

LATIN_PART: Final = 7.0
LATIN_PART_MOST: Final = 10.0
GIVEN_CHARACTER: Final = 6.0
RARE_SURNAME: Final = 8.0
NEAR_LOSS: Final = 3.0
SOUND_LOSS: Final = 4.0
SWAP_LOSS: Final = 1.0
INITIAL: Final = 1.5
DIGIT: Final = log2(10)
# Some forty mobile prefixes are in use, unevenly: 4.5 bits for the first three digits.
PREFIX: Final = 4.5
CHARACTER: Final = 3.0

CODES: Final[frozenset[str]] = (frozenset(HOME_BITS) - {"name_token_differs"}) | {"housemates_possible"}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people there are and, if counted, how many bear each value (spelled as `countable` gives them)."""

    people: int
    seen: Mapping[str, int] | None = None


def prior(counts: Counts | None) -> float:
    """Bits against any two records being one person: the more people, the more strangers look alike."""
    return -_DOUBLES - log2(max(PEOPLE if counts is None else counts.people, _FEWEST))


# As if a thousand people more were known who follow the default: a small shop's counts hardly move a weight.
_PSEUDO: Final = 1000.0


def bits_of_value(kind: str, value: str, *, default: float, most: float, counts: Counts | None) -> float:
    """Bits for agreeing on this very value: the rarer the more, up to `most`; `default` where nobody counted."""
    if counts is None or counts.seen is None:
        return min(default, most)
    # One of those counted is the record itself.
    others = max(counts.seen.get(f"{kind}:{value}", 0) - 1, 0)
    share = (others + _PSEUDO * 2.0**-default) / (max(counts.people, 0) + _PSEUDO)
    return max(0.0, min(most, -log2(share)))
