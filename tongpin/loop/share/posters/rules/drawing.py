"""A poster as a picture: 750 × 1334, a PNG of few colours. Equal words and an equal font make equal bytes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from io import BytesIO

import segno
from PIL import Image, ImageDraw, ImageFont

from tongpin.loop.share.posters.rules.lines import broken, by_clause
from tongpin.loop.share.posters.rules.scenery import scenery
from tongpin.loop.share.posters.rules.words import Words

WIDTH, HEIGHT = 750, 1334
SCENE = 408
LARGEST = 150_000
"""Bytes a picture may have."""

PAPER, CARD, EDGE = "#faf6ec", "#ffffff", "#e5ded2"
INK, SECOND, TEAL, BADGE, BROWN = "#201e1a", "#5d564c", "#0f6a68", "#fae4c4", "#7a4306"
LEFT, CARD_TOP = 57, 978
QR_LEFT, QR_SIDE, QUIET = 73, 264, 4
"""The code stands in a square of white, quiet zone included."""

NOTHING = "\U0010fffd"
"""A character that no font holds: what is drawn like it cannot be written."""


class TooLarge(Exception):
    """A picture came out larger than a poster may be."""


@dataclass(frozen=True, slots=True)
class Code:
    """Where the QR code stands: the first module's corner and a module's side, in pixels, and how many there are."""

    left: int
    top: int
    module: int
    modules: int


@dataclass(frozen=True, slots=True)
class Style:
    """A size of a font: how large, in which colour, how much bolder than the font itself."""

    size: int
    colour: str
    bold: float = 0


def draw(words: Words, *, font: str, face: int = 0) -> bytes:
    """The poster as a PNG. `font` is the path of a file that can write Chinese."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    image.paste(scenery(width=WIDTH, height=SCENE), (0, 0))
    pen = _Pen(ImageDraw.Draw(image), font, face)
    pen.lines(words.place, (LEFT, 452), Style(30, TEAL, 0.4), width=636, most=1, step=44)
    heading = Style(60 if len(words.together) <= 24 else 46, INK, 1)
    pen.lines(words.together, (LEFT, 510), heading, width=636, most=3, step=round(heading.size * 1.33), clauses=True)
    _own_words(image, pen, words)
    _card(image, pen, words)
    # A step of 255 off in flat parts, which nobody sees, in a fifth of the time of the median cut.
    few = image.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    out = BytesIO()
    # `optimize` would cost eight times as long for a tenth of the bytes.
    few.save(out, "PNG")
    if out.tell() > LARGEST:
        raise TooLarge(f"the poster has {out.tell()} bytes; at most {LARGEST} are sent to a phone")
    return out.getvalue()


def code_of(address: str) -> Code:
    """Where the QR code of an address stands on its poster."""
    modules = len(segno.make_qr(address, error="m").matrix)
    module = QR_SIDE // (modules + 2 * QUIET)
    inset = (QR_SIDE - module * modules) // 2
    return Code(QR_LEFT + inset, CARD_TOP + 18 + inset, module, modules)


def _own_words(image: Image.Image, pen: _Pen, words: Words) -> None:
    """The person's sign, sentence and name."""
    top = 772
    disc = Image.new("L", (4 * 92, 4 * 92), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, 4 * 92 - 1, 4 * 92 - 1), fill=255)
    for side, colour in ((92, CARD), (84, BADGE)):
        at = LEFT + (92 - side) // 2, top + (92 - side) // 2
        image.paste(colour, (*at, at[0] + side, at[1] + side), disc.resize((side, side), Image.Resampling.LANCZOS))
    name = pen.writable(words.name)
    # The first character, as the face beside a name shows it on every page.
    pen.centred(name[:1].upper(), (LEFT + 46, top + 46), Style(38, BROWN, 0.5))
    down = top + 4
    if words.sentence:
        said = pen.lines(f"「{words.sentence}」", (172, down), Style(34, INK), width=521, most=3, step=48)
        down += 48 * said + 4
    else:
        down += 24
    pen.lines(name, (172, down), Style(28, SECOND), width=521, most=1, step=40)


def _card(image: Image.Image, pen: _Pen, words: Words) -> None:
    """The code, and what it leads to."""
    top = CARD_TOP
    pen.on.rounded_rectangle((LEFT, top, 693, 1276), radius=32, fill=CARD, outline=EDGE, width=2)
    code = code_of(words.address)
    for row, modules in enumerate(segno.make_qr(words.address, error="m").matrix):
        for column, dark in enumerate(modules):
            if dark:
                x, y = code.left + column * code.module, code.top + row * code.module
                pen.on.rectangle((x, y, x + code.module - 1, y + code.module - 1), fill=INK)
    used = pen.lines(words.call, (355, top + 62), Style(34, INK, 0.5), width=310, most=2, step=46)
    pen.lines(words.leads_to, (355, top + 74 + 46 * used), Style(27, SECOND), width=310, most=4, step=42)


class _Pen:
    """Writes on one picture with one font."""

    def __init__(self, on: ImageDraw.ImageDraw, font: str, face: int) -> None:
        self.on = on
        # Pillow's own layout, whatever else is installed: the same picture everywhere.
        self._of = partial(ImageFont.truetype, font, index=face, layout_engine=ImageFont.Layout.BASIC)
        tried = self._of(20)
        self._nothing = bytes(tried.getmask(NOTHING))
        self._tried = tried

    def writable(self, text: str) -> str:
        """Without the characters this font does not hold (emoji, mostly): a box in their place says nothing."""
        return "".join(c for c in text if c.isspace() or bytes(self._tried.getmask(c)) != self._nothing).strip()

    def lines(
        self,
        text: str,
        at: tuple[int, int],
        style: Style,
        *,
        width: int,
        most: int,
        step: int,
        clauses: bool = False,
    ) -> int:
        """Writes a text in lines; how many it took."""
        font = self._of(style.size)
        room = width - 2 * style.bold
        way = by_clause if clauses else broken
        chosen = way(self.writable(text), fits=lambda line: font.getlength(line) <= room, most=most)
        for number, line in enumerate(chosen):
            self._write(line, (at[0], at[1] + number * step), style, "la")
        return len(chosen)

    def centred(self, text: str, at: tuple[int, int], style: Style) -> None:
        """Writes a text with its middle at a point."""
        self._write(text, at, style, "mm")

    def _write(self, text: str, at: tuple[int, int], style: Style, anchor: str) -> None:
        font = self._of(style.size)
        self.on.text(at, text, style.colour, font, anchor, stroke_width=style.bold, stroke_fill=style.colour)
