"""What may not stand readable in an address: a phone that was searched for, the name a page of a list ends at."""

from __future__ import annotations

import base64
import binascii

from tongpin.base.secrets import KeyFileError
from tongpin.core.team.keys import keyring


def seal(text: str, *, purpose: str) -> str:
    """`text` as letters for an address that only this house can read; empty stays empty."""
    if not text:
        return ""
    return base64.urlsafe_b64encode(keyring().encrypt(text, context=f"address:{purpose}")).decode().rstrip("=")


def unseal(sealed: str, *, purpose: str) -> str:
    """The text again; empty where it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        return keyring().decrypt(raw, context=f"address:{purpose}") if raw else ""
    except (KeyFileError, binascii.Error, ValueError):
        return ""
