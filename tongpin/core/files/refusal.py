"""Why a file is not taken, as a code that screens word, with an English text that says what to do."""

from __future__ import annotations

from typing import Final

PICTURE_MOST: Final = 20_000_000
VOICE_MOST: Final = 20_000_000
VOICE_SECONDS: Final = 600

REASONS: Final[dict[str, str]] = {
    "empty": "The file is empty: choose it once more.",
    "picture_too_heavy": "The picture is larger than 20 MB: send a smaller one.",
    "picture_too_large": "The picture has too many pixels: send a smaller one.",
    "picture_too_small": "The picture is smaller than 8 pixels: send a larger one.",
    "picture_unknown": "This is no picture we can read: send a JPEG, PNG, WebP or GIF.",
    "picture_broken": "The picture is damaged or cut off: send it once more.",
    "voice_too_heavy": "The recording is larger than 20 MB: send a shorter one.",
    "voice_too_long": "The recording is longer than ten minutes: send it in parts.",
    "voice_unknown": "This is no recording we can read: send MP3, M4A, AMR, OGG, WebM or WAV.",
    "voice_broken": "The recording is damaged or holds no sound: record it once more.",
    "voice_not_here": "This house cannot read recordings: install the extra “voice” (pip install 'tongpin[voice]').",
    "busy": "Many files are being read at this moment: try again in a minute.",
}
"""Every reason a file is refused for."""


class FileRefused(ValueError):
    """This file is not taken, and nothing was kept; `code` says why (REASONS)."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code])
        self.code = code
