"""A font that can write Chinese, found on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

CANDIDATES: tuple[tuple[str, int], ...] = (
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 2),
    ("/usr/share/fonts/adobe-source-han-sans/SourceHanSansCN-Regular.otf", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/wqy-microhei/wqy-microhei.ttc", 0),
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/arphic/uming.ttc", 0),
    ("/System/Library/Fonts/PingFang.ttc", 2),
    ("/System/Library/Fonts/Hiragino Sans GB.ttc", 0),
    ("C:/Windows/Fonts/msyh.ttc", 0),
)
"""Where Debian, Fedora, Arch, macOS and Windows keep them, the fuller ones first; and which face of a collection."""


class FontMissing(RuntimeError):
    """There is no font here that can write Chinese; the text says what to install."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font file, and which of its faces."""

    path: str
    face: int = 0


def chinese_font(*, candidates: Sequence[tuple[str, int]] = CANDIDATES) -> Font:
    """The font of the setting POSTER_FONT, else the first that is found. Raises FontMissing."""
    configured = str(getattr(settings, "POSTER_FONT", "") or "")
    if configured:
        if not Path(configured).is_file():
            raise FontMissing("the setting POSTER_FONT names a file that is not there: correct it or leave it empty")
        return Font(configured)
    for path, face in candidates:
        if Path(path).is_file():
            return Font(path, face)
    raise FontMissing(
        "posters need a font that can write Chinese: install one (Debian and Ubuntu: apt install fonts-wqy-microhei;"
        " Fedora: dnf install google-noto-sans-cjk-fonts), or set POSTER_FONT to the path of a font file"
    )
