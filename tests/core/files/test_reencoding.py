"""What is kept is drawn and recorded anew; what is no picture and no recording is refused with what to do."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zlib
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tests.core.files.making import claiming, drawn, photographed, sounding, waved
from tests.examples import examples
from tongpin.core.files import reencoding
from tongpin.core.files.reencoding import picture_anew, voice_anew
from tongpin.core.files.refusal import PICTURE_MOST, REASONS, VOICE_MOST, FileRefused


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def refusal(content: bytes, *, voice: bool = False) -> str:
    with pytest.raises(FileRefused) as told:
        (voice_anew if voice else picture_anew)(content=content)
    return told.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_kind_of_picture_becomes_a_jpeg_with_a_small_one(kind: str) -> None:
    made = picture_anew(content=drawn(size=(640, 400), kind=kind))
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 640, 400)
    assert [opened(part).format for part in (made.content, made.small)] == ["JPEG", "JPEG"]
    assert (opened(made.content).size, opened(made.small).size) == ((640, 400), (480, 300))


def test_what_a_camera_wrote_is_not_kept_and_the_picture_stands_upright() -> None:
    content = photographed(orientation=6)
    assert b"A Phone" in content
    made = picture_anew(content=content)
    image = opened(made.content)
    assert image.size == (made.width, made.height) == (400, 640)
    assert (dict(image.getexif()), set(image.info) & {"exif", "comment", "icc_profile", "xmp"}) == ({}, set())
    assert not [word for word in (b"Exif", b"A Phone", b"taken at home") if word in made.content + made.small]
    # Turned to the right, the red corner of the top left stands at the top right.
    red, _green, _blue = image.getpixel((390, 10))  # type: ignore[misc]
    assert red > 200


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_eight_ways_a_camera_can_be_held_give_the_same_size_or_its_turn(orientation: int) -> None:
    made = picture_anew(content=photographed(orientation=orientation))
    assert (made.width, made.height) == ((640, 400) if orientation < 5 else (400, 640))


def test_a_large_picture_becomes_one_of_2048_pixels() -> None:
    made = picture_anew(content=drawn(size=(6000, 3000)))
    assert (made.width, made.height, opened(made.content).size) == (2048, 1024, (2048, 1024))


def test_what_is_clear_becomes_white() -> None:
    made = picture_anew(content=drawn(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    assert opened(made.content).getpixel((600, 300)) == (255, 255, 255)


@pytest.mark.parametrize(("mode", "kind", "colour"), [("L", "PNG", 128), ("I;16", "PNG", 32768), ("CMYK", "JPEG", 0)])
def test_grey_deep_and_printers_colours_are_read(mode: str, kind: str, colour: int) -> None:
    out = io.BytesIO()
    Image.new(mode, (64, 64), colour).save(out, kind)
    red = opened(picture_anew(content=out.getvalue()).content).getpixel((32, 32))
    wanted = 255 if mode == "CMYK" else 128
    assert all(abs(part - wanted) < 3 for part in red)  # type: ignore[union-attr]


def test_colours_of_another_space_are_brought_into_ours() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert opened(picture_anew(content=drawn(icc_profile=lab.tobytes())).content).getpixel((600, 300)) is not None
    assert picture_anew(content=drawn(icc_profile=b"no profile at all")).width == 640


def test_the_same_picture_is_kept_as_the_same_bytes() -> None:
    assert picture_anew(content=drawn()) == picture_anew(content=drawn())


def test_a_page_hidden_in_a_picture_is_gone() -> None:
    page = b"<html><script>alert(document.cookie)</script></html>"
    for content in (drawn(kind="GIF", comment=page), drawn() + page, drawn(kind="JPEG", comment=page)):
        assert page in content
        made = picture_anew(content=content)
        assert b"<script" not in made.content + made.small


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (SVG, "picture_unknown"),
        (b"<!doctype html><p>hello", "picture_unknown"),
        (b"GIF89a/*<script>alert(1)</script>*/=1;", "picture_unknown"),
        (b"%PDF-1.7 ...", "picture_unknown"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "picture_unknown"),
        (b"x" * (PICTURE_MOST + 1), "picture_too_heavy"),
        (drawn(size=(4, 4)), "picture_too_small"),
        (drawn()[:-900], "picture_broken"),
        (drawn(kind="PNG")[:-300], "picture_broken"),
        (claiming(width=65_000, height=65_000), "picture_too_large"),
        (claiming(width=9_000, height=9_000), "picture_too_large"),
        (claiming(width=5_000, height=5_000), "picture_broken"),
        (claiming(width=2_000_000_000, height=1), "picture_too_small"),
        (claiming(width=500_000, height=9), "picture_too_large"),
    ],
)
def test_what_is_no_honest_picture_is_refused(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_a_bomb_that_would_unpack_to_gigabytes_is_refused_before_it_unpacks() -> None:
    whole = claiming(width=30_000, height=30_000)
    packed = zlib.compress(b"\0" * 90_001 * 1000, 9)
    assert refusal(whole.replace(zlib.compress(b"\0" * 1000), packed)) == "picture_too_large"


def test_a_picture_in_the_memory_of_a_phone_is_read_at_a_fraction() -> None:
    made = picture_anew(content=drawn(size=(12_000, 9_000), mode="L", quality=30, colour=90))
    assert (made.width, made.height) == (2048, 1536)


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32), st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))
def test_damage_anywhere_gives_a_picture_or_a_refusal(seed: int, kind: str) -> None:
    dice = random.Random(seed)
    content = bytearray(drawn(size=(200, 100), kind=kind))
    for _ in range(dice.randint(1, 20)):
        content[dice.randrange(len(content))] = dice.randrange(256)
    with suppress(FileRefused):
        made = picture_anew(content=bytes(content))
        assert opened(made.content).size == (made.width, made.height)


def test_two_pictures_of_two_lenses_are_kept_as_the_first() -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 32), "teal").save(out, "MPO", save_all=True, append_images=[Image.new("RGB", (16, 16))])
    assert (picture_anew(content=out.getvalue()).width, picture_anew(content=out.getvalue()).height) == (64, 32)


RECORDED = [
    ("webm", "libopus", 48_000),
    ("mp4", "aac", 44_100),
    ("mp3", "libmp3lame", 44_100),
    ("ogg", "libopus", 48_000),
    ("amr", "libopencore_amrnb", 8_000),
    ("3gp", "libopencore_amrnb", 8_000),
    ("adts", "aac", 22_050),
]


@pytest.mark.parametrize(("kind", "codec", "rate"), RECORDED)
def test_every_recording_of_a_phone_becomes_an_mp3(kind: str, codec: str, rate: int) -> None:
    made = voice_anew(content=sounding(kind=kind, codec=codec, rate=rate, seconds=2, title="my address"))
    assert (made.media_type, made.small, made.width) == ("audio/mpeg", b"", 0)
    assert made.seconds == pytest.approx(2, abs=0.15)
    assert made.content[0] == 0xFF
    assert b"my address" not in made.content
    again = voice_anew(content=made.content)
    assert again.seconds == pytest.approx(made.seconds, abs=0.2)


@pytest.mark.slow
def test_ten_minutes_are_kept_and_more_is_refused() -> None:
    pytest.importorskip("av")
    assert voice_anew(content=waved(seconds=600)).seconds == pytest.approx(600, abs=0.1)
    assert refusal(waved(seconds=604), voice=True) == "voice_too_long"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"I am no recording", "voice_unknown"),
        (SVG, "voice_unknown"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "voice_unknown"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "voice_unknown"),
        (drawn(), "voice_unknown"),
        (b"x" * (VOICE_MOST + 1), "voice_too_heavy"),
        (b"OggS" + bytes(2000), "voice_broken"),
        (b"\x1a\x45\xdf\xa3" + bytes(2000), "voice_broken"),
        (b"\0\0\0\x18ftypisom" + bytes(2000), "voice_broken"),
        (b"#!AMR\n" + b"\xff" * 10, "voice_broken"),
        (b"ID3" + bytes(300), "voice_broken"),
        (waved(seconds=0), "voice_broken"),
        (
            b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\xff\xff\xff\x7f",
            "voice_broken",
        ),
    ],
)
def test_what_is_no_honest_recording_is_refused(content: bytes, code: str) -> None:
    pytest.importorskip("av")
    assert refusal(content, voice=True) == code


def test_a_recording_that_was_cut_off_is_kept_as_far_as_it_goes() -> None:
    whole = sounding(kind="webm", codec="libopus", rate=48_000, seconds=4)
    made = voice_anew(content=whole[: len(whole) // 2])
    assert 1 < made.seconds < 3


def test_a_film_gives_its_sound_only_and_a_silent_one_nothing() -> None:
    av = pytest.importorskip("av")
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as written:
        film = written.add_stream("mpeg4", rate=10)
        film.width, film.height, film.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            written.mux(film.encode(av.VideoFrame(64, 64, "yuv420p")))
        written.mux(film.encode(None))
    assert refusal(out.getvalue(), voice=True) == "voice_broken"


def test_a_house_without_the_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reencoding, "_OPTIONS", ("-I", "-S"))
    assert refusal(waved(seconds=1), voice=True) == "voice_not_here"
    assert "tongpin[voice]" in REASONS["voice_not_here"]


def test_no_idle_process_pays_for_the_library_of_sound() -> None:
    seen = "import sys, django; django.setup(); import tongpin.core.files.media; print('av' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False"]


def test_every_reason_says_what_to_do_in_words() -> None:
    assert [code for code, words in REASONS.items() if ":" not in words or not words.endswith((".", ")."))] == []
