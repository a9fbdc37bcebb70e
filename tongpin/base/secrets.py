"""Personal data at rest: authenticated encryption with rotation, and a keyed blind index for exact look-up.

A stored value is `key id (1 byte) ‖ nonce (12) ‖ ciphertext+tag`. AES-256-GCM from `cryptography`; decision record 0004
says why not Fernet (five times slower and a third larger at ingest rates).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets as _secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class KeyFileError(Exception):
    """The key file is missing, unreadable or does not hold the key a value was written with."""


@dataclass(frozen=True, repr=False)
class Keyring:
    """Encryption keys by id (the highest writes), the key of blind indexes, and the key of the list of the erased.

    `source` is the file it came from: a value that was sealed with a key added since is opened all the same.
    """

    keys: dict[int, bytes]
    index_key: bytes
    erased_key: bytes
    source: Path | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_aead", {i: AESGCM(k) for i, k in self.keys.items()})
        object.__setattr__(self, "_current", max(self.keys))

    def encrypt(self, value: str, *, context: str = "") -> bytes:
        """Bytes only this key file opens; `context` (table.column) stops a value being moved to another column."""
        nonce = os.urandom(12)
        current: int = self._current  # type: ignore[attr-defined]
        sealed = self._aead[current].encrypt(nonce, value.encode(), context.encode())  # type: ignore[attr-defined]
        return bytes([current]) + nonce + bytes(sealed)

    def decrypt(self, value: bytes | memoryview, *, context: str = "") -> str:
        """The text again. Raises KeyFileError where the key is not in this file or the bytes were changed."""
        raw = bytes(value)
        if raw and raw[0] not in self._aead:  # type: ignore[attr-defined]
            self._meet_new_keys()
        try:
            opened = self._aead[raw[0]].decrypt(raw[1:13], raw[13:], context.encode())  # type: ignore[attr-defined]
        except (KeyError, InvalidTag, IndexError) as error:
            raise KeyFileError("a stored value cannot be opened with this key file; restore the right keys") from error
        return str(opened, "utf-8")

    def _meet_new_keys(self) -> None:
        if self.source is not None:
            self._aead.update({i: AESGCM(k) for i, k in load(self.source).keys.items()})  # type: ignore[attr-defined]

    @property
    def current(self) -> int:
        """The number of the key that writes: the first byte of what it seals."""
        return max(self.keys)

    def blind(self, kind: str, value: str) -> bytes:
        """16 bytes that find `value` again without saying what it is; per kind, so kinds cannot be compared."""
        return hmac.digest(self.index_key, f"{kind}\x1f{value}".encode(), hashlib.sha256)[:16]

    def erased_mark(self, kind: str, value: str) -> bytes:
        """What is kept of an erased identity so that no import or restore brings it back."""
        return hmac.digest(self.erased_key, f"{kind}\x1f{value}".encode(), hashlib.sha256)[:16]

    def rotated(self) -> Keyring:
        """The same keyring with a fresh writing key; old values stay readable until they are rewritten.

        Raises KeyFileError where there is no number left for one: a key's number is one byte.
        """
        if self.current == 255:
            raise KeyFileError("this key file has had 255 keys; there is no number left for another")
        return Keyring({**self.keys, max(self.keys) + 1: _secrets.token_bytes(32)}, self.index_key, self.erased_key)


def new_keyring() -> Keyring:
    """Keys for a new house."""
    return Keyring({1: _secrets.token_bytes(32)}, _secrets.token_bytes(32), _secrets.token_bytes(32))


def load(path: Path) -> Keyring:
    """The keyring of a key file. Raises KeyFileError with what to do."""
    try:
        stored = json.loads(path.read_text())
        keys = {int(i): bytes.fromhex(k) for i, k in stored["keys"].items()}
        return Keyring(keys, bytes.fromhex(stored["index"]), bytes.fromhex(stored["erased"]), path)
    except FileNotFoundError as error:
        raise KeyFileError(f"no key file at {path}: put back the copy you keep apart from the backups") from error
    except (ValueError, KeyError, OSError) as error:
        raise KeyFileError(f"the key file {path} cannot be read: {type(error).__name__}") from error


def save(path: Path, keyring: Keyring) -> None:
    """Writes a key file (0600) whole or not at all, over the one that is there."""
    _drafted(path, keyring).replace(path)


def _drafted(path: Path, keyring: Keyring) -> Path:
    """The key file under another name beside it, on disk."""
    stored = {
        "keys": {str(i): k.hex() for i, k in keyring.keys.items()},
        "index": keyring.index_key.hex(),
        "erased": keyring.erased_key.hex(),
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{_secrets.token_hex(8)}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(stored, out)
        out.flush()
        os.fsync(out.fileno())
    return draft


def load_or_create(path: Path) -> Keyring:
    """The keyring of `path`, made on the first start: by one process alone, however many ask for it at once."""
    if not path.exists():
        draft = _drafted(path, new_keyring())
        try:
            # Unlike a rename this never takes the place of a key that another process has begun to seal with.
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    return load(path)
