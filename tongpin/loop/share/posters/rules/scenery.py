"""The picture at the head of a poster: a morning over hills."""

from __future__ import annotations

from math import pi, sin

from PIL import Image, ImageDraw

SKY, SUN, LIGHT = "#fae0bd", "#f2a65a", "#fdebd2"
HILLS = (("#b7d4c3", 226, 34, 0.9, 0.4), ("#87b39b", 268, 22, 1.2, 2.2), ("#5d9479", 316, 16, 1.0, 3.6))
"""Colour, height, swing, waves across and where the wave begins."""
SAND = ("#f2e3c6", 352, 14, 0.6, 5.4)
FINER = 2


def scenery(*, width: int, height: int) -> Image.Image:
    """The morning, drawn twice as large and made smaller, so that edges are smooth."""
    wide, high = width * FINER, height * FINER
    image = Image.new("RGB", (wide, high), SKY)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 180 * FINER, wide, high), fill=LIGHT)
    x, y, radius = 573 * FINER, 195 * FINER, 73 * FINER
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=SUN)
    for colour, level, swing, waves, start in (*HILLS, SAND):
        edge = [(at, (level + swing * sin(start + 2 * pi * waves * at / wide)) * FINER) for at in range(0, wide + 8, 8)]
        draw.polygon([*edge, (wide, high), (0, high)], fill=colour)
    return image.resize((width, height), Image.Resampling.LANCZOS)
