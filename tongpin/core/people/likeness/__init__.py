"""How like two person records are, with reasons: suggestions that a human decides, nothing is ever merged by it.

Pure rules after Fellegi and Sunter (1969): each trait that agrees or differs adds bits, and one person is weighed
against two strangers and against two of one household (`weights.py`). Names, nicknames, phones and addresses are read
the Chinese way (masks, titles, pinyin) as well as the Western one. Candidates are found by equality of `keys`.
"""

from tongpin.core.people.likeness.compare import compare
from tongpin.core.people.likeness.keys import BLOCK_LIMIT, KEYS_VERSION, MAX_KEYS, keys
from tongpin.core.people.likeness.suggest import count, suggestions
from tongpin.core.people.likeness.traits import countable
from tongpin.core.people.likeness.values import Address, Likeness, Pair, Reason, Record
from tongpin.core.people.likeness.weights import CODES, STRONG, SUGGEST, Counts

__all__ = [
    "BLOCK_LIMIT",
    "CODES",
    "KEYS_VERSION",
    "MAX_KEYS",
    "STRONG",
    "SUGGEST",
    "Address",
    "Counts",
    "Likeness",
    "Pair",
    "Reason",
    "Record",
    "compare",
    "count",
    "countable",
    "keys",
    "suggestions",
]
