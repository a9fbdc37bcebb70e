"""Header titles: what makes two spellings of a column name the same, names that occur twice, and fingerprints."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from .cells import text_of
from .delimited import Cell

_OCCURRENCE = re.compile(r"#\d+$", re.ASCII)
_IGNORED = "_*:\ufeff\u200b'\"`"


@lru_cache(maxsize=4096)
def fold_title(title: str) -> str:
    """Full-width marks, case, spaces and underscores do not tell columns apart: «订单 金额（元）» = «订单金额(元)»."""
    folded = unicodedata.normalize("NFKC", title).lower()
    return "".join(character for character in folded if not character.isspace() and character not in _IGNORED)


def titles_of(cells: Sequence[Cell]) -> tuple[str, ...]:
    """The header row as text, spaces at the ends and empty columns at the right removed."""
    titles = [text_of(cell) for cell in cells]
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


def numbered(titles: Sequence[str]) -> tuple[str, ...]:
    """Titles that can be told apart: the second «分销员» is «分销员#2»; an empty one is its number, «#3»."""
    seen: Counter[str] = Counter()
    names: list[str] = []
    for index, title in enumerate(titles, 1):
        seen[title] += 1
        names.append(f"#{index}" if not title else title if seen[title] == 1 else f"{title}#{seen[title]}")
    return tuple(names)


def as_written(title: str) -> str:
    """The title as the file has it: «分销员#2» is written «分销员», «#3» is blank."""
    return _OCCURRENCE.sub("", title)


def fingerprint(titles: Sequence[str]) -> str:
    """The same for the same set of columns in any order: under it a mapping that a person made is remembered."""
    folded = sorted(fold_title(title) for title in numbered(titles))
    return hashlib.blake2b("\x1f".join(folded).encode(), digest_size=12).hexdigest()
