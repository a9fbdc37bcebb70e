"""What a merchant typed to set a provider up: read once, refused aloud."""

from __future__ import annotations

from collections.abc import Mapping

from tongpin.cashier.port import CashierError


class BadConfig(CashierError):
    """A setting (`setting`) is missing or cannot be; the text says what it must be and never repeats what it was."""

    def __init__(self, *, setting: str, must: str) -> None:
        super().__init__(reason="bad_config", text=f"“{setting}” must be {must}")
        self.setting = setting


def read_text(*, config: Mapping[str, str], setting: str, must: str) -> str:
    """A setting that has to be there, trimmed."""
    if not (value := config.get(setting, "").strip()):
        raise BadConfig(setting=setting, must=must)
    return value


def read_count(*, config: Mapping[str, str], setting: str, default: int, most: int) -> int:
    """A whole number from 0 to `most`."""
    text = config.get(setting, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= most):
        raise BadConfig(setting=setting, must=f"a whole number from 0 to {most}")
    return int(text)


def refuse_unknown(*, config: Mapping[str, str], known: frozenset[str]) -> None:
    """A misspelt setting must not be passed over in silence."""
    for setting in sorted(set(config) - known):
        raise BadConfig(setting=setting, must=f"left out; known are {', '.join(sorted(known))}")
