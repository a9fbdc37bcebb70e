"""The house's own account (线下收款) with the picture of its collection code (收款码)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from tongpin.cashier.configuration import BadConfig
from tongpin.core.files.actions import keep_picture, let_go
from tongpin.core.money.setting_up import TillSeen, set_up_till, till_settings

KIND = "manual"
CODE_OF = "till"
"""What the picture of a collection code belongs to, in the terms of core/files."""


def set_up_transfer(
    *,
    account: str,
    picture: bytes | None = None,
    drop_picture: bool = False,
    address_of: Callable[[str], str],
    is_on: bool,
    at: datetime,
    actor: str,
) -> TillSeen:
    """Says where members transfer money to. Without a `picture` the one that is there stays, unless it is dropped.

    `address_of` makes a file's name an address that payers' pages can show. A picture that was replaced is kept: who
    began to pay sees what they were told then. Raises BadConfig, FileRefused; then nothing changed.
    """
    told: Mapping[str, str] = {"account": account} | ({"picture_url": ""} if drop_picture else {})
    if picture is None:
        return set_up_till(kind=KIND, settings=told, is_on=is_on, at=at, actor=actor)
    kept = keep_picture(content=picture, person_id=None, about_kind=CODE_OF, about=0, at=at, actor=actor)
    address = address_of(kept.name)
    try:
        return set_up_till(kind=KIND, settings={**told, "picture_url": address}, is_on=is_on, at=at, actor=actor)
    except BadConfig:
        if till_settings(kind=KIND).get("picture_url") != address:
            let_go(file_id=kept.id, at=at, actor=actor)
        raise
