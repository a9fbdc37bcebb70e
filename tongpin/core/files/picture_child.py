"""Runs as a process of its own (see reencoding.py): reads one picture, writes it anew to standard output.

Imports nothing of the project, so that it starts fast and can run isolated. What it writes is a line of JSON with the
sizes of the parts, then the parts: the picture and a small one.
"""

import io
import json
import resource
import sys
from typing import Any, BinaryIO

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

_MEMORY = 1 << 30
_SECONDS = 20
_KINDS = (
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
    GifImagePlugin.GifImageFile.format,
)
"""Each needs its plug-in imported. Several JPEGs in one file (MPO, of phones with two lenses) are opened as the first."""
_SIDE = 2048
_SMALL_SIDE = 480
_SMALL_BYTES = 24_000
"""A page on a phone shows half a dozen of them and may weigh 150 kB."""
_LEAST_SIDE = 8
_PIXELS = 50_000_000
_JPEG_PIXELS = 220_000_000
"""A JPEG is read at a half, a quarter or an eighth: a phone of today takes two hundred million."""
_LONGEST = 60_000


class Refused(Exception):
    """Says the code."""


def main(file: str) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # Our own limits stand below, for each kind; Pillow's would warn and then give up elsewhere.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with open(file, "rb") as source:
            drawn = _upright(source)
        parts = [_written(drawn, _SIDE, 85), _light(drawn)]
        width, height = _within(drawn.size, _SIDE)
        told: dict[str, Any] = {"width": width, "height": height, "parts": [len(part) for part in parts]}
    except Refused as refusal:
        told, parts = {"refused": str(refusal)}, []
    except MemoryError:
        told, parts = {"refused": "picture_too_large"}, []
    except UnidentifiedImageError:
        told, parts = {"refused": "picture_unknown"}, []
    except Exception:
        # Readers of damaged pictures end in every kind of exception: all mean the same to who sent it.
        told, parts = {"refused": "picture_broken"}, []
    out = sys.stdout.buffer
    out.write(json.dumps(told).encode() + b"\n")
    for part in parts:
        out.write(part)
    out.flush()
    return 0


def _upright(source: BinaryIO) -> Image.Image:
    """The picture as bare pixels: turned as its camera says, in sRGB, on white, nothing else of the file in it."""
    image: Image.Image = Image.open(source, formats=_KINDS)
    width, height = image.size
    is_jpeg = image.format in ("JPEG", "MPO")
    if min(width, height) < _LEAST_SIDE:
        raise Refused("picture_too_small")
    if width * height > (_JPEG_PIXELS if is_jpeg else _PIXELS) or max(width, height) > _LONGEST:
        raise Refused("picture_too_large")
    if is_jpeg:
        image.draft(None, (_SIDE, _SIDE))
    image.load()
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((_SIDE * 2, _SIDE * 2), reducing_gap=None)
    flat = _on_white(turned)
    if profile and flat.mode in ("RGB", "CMYK"):
        flat = _in_srgb(flat, profile)
    plain = flat.convert("RGB")
    bare = Image.new("RGB", plain.size)
    bare.paste(plain)
    return bare


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        # Sixteen bits of grey: Pillow would cut them off at white instead of dividing.
        return image.convert("I").point(lambda grey: grey / 256).convert("L").convert("RGB")
    if "transparency" not in image.info and "A" not in image.getbands():
        return image if image.mode in ("RGB", "CMYK") else image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(white, clear).convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        drawn = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return drawn or image


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    width, height = size
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _light(image: Image.Image) -> bytes:
    """The small picture, as good as its bytes allow."""
    for quality in (80, 70, 60, 50):
        made = _written(image, _SMALL_SIDE, quality)
        if len(made) <= _SMALL_BYTES:
            break
    return made


def _written(image: Image.Image, side: int, quality: int) -> bytes:
    size = _within(image.size, side)
    drawn = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
