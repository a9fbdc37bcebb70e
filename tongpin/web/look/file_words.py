"""Why a file is not taken, in the reader's language, with what to do; the codes are those of core/files."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

ACCEPTED_PICTURES: Final = "image/jpeg,image/png,image/webp,image/gif"
"""For file fields: a phone that takes HEIC hands over a JPEG where it is told so."""
ACCEPTED_VOICES: Final = "audio/*"

_WORDS: Final = {
    "empty": gettext_noop("The file is empty: choose it once more."),
    "picture_too_heavy": gettext_noop("The picture is larger than 20 MB: send a smaller one."),
    "picture_too_large": gettext_noop("The picture has too many pixels: send a smaller one."),
    "picture_too_small": gettext_noop("The picture is smaller than 8 pixels: send a larger one."),
    "picture_unknown": gettext_noop("This is no picture we can read: send a JPEG, PNG, WebP or GIF."),
    "picture_broken": gettext_noop("The picture is damaged or cut off: send it once more."),
    "voice_too_heavy": gettext_noop("The recording is larger than 20 MB: send a shorter one."),
    "voice_too_long": gettext_noop("The recording is longer than ten minutes: send it in parts."),
    "voice_unknown": gettext_noop("This is no recording we can read: send MP3, M4A, AMR, OGG, WebM or WAV."),
    "voice_broken": gettext_noop("The recording is damaged or holds no sound: record it once more."),
    "voice_not_here": gettext_noop(
        "This house cannot read recordings: install the extra “voice” (pip install 'tongpin[voice]')."
    ),
    "busy": gettext_noop("Many files are being read at this moment: try again in a minute."),
}


def refusal_word(code: str) -> str:
    """A sentence for the code of a FileRefused."""
    return _(_WORDS[code])
