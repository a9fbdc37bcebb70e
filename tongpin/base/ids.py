"""Identifiers and tokens that leave the house."""

from __future__ import annotations

import hashlib
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i l o u, so a code can be read aloud


def token(*, size: int = 26) -> str:
    """An unguessable code of `size` characters (5 bits each)."""
    return "".join(ALPHABET[b & 31] for b in secrets.token_bytes(size))


def token_digest(value: str) -> bytes:
    """What is stored in place of a token: 32 bytes, useless to whoever reads the table."""
    return hashlib.sha256(value.encode()).digest()


def digest(*parts: object) -> bytes:
    """16 bytes (BLAKE2b-128) that stand for a natural key. The parts may hold any character."""
    joined = parts[0] if len(parts) == 1 and type(parts[0]) is str else "\x1f".join(map(str, parts))
    return hashlib.blake2b(joined.encode(), digest_size=16).digest()
