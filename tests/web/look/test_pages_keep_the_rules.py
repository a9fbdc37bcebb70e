"""What holds for every template and every file of the front end, ours and those to come."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tongpin.web.look.icons import ICONS
from tongpin.web.look.trim import TABLER

WEB = Path(__file__).resolve().parents[3] / "tongpin" / "web"
STATIC = WEB / "look" / "static" / "look"
TEMPLATES = sorted(p for p in WEB.glob("*/templates/**/*") if p.suffix in {".html", ".svg"})
SHEET = sorted((Path(__file__).parent / "sheet").rglob("*.html"))
OURS = [p for p in WEB.rglob("*") if p.suffix in {".css", ".js", ".html", ".svg", ".py"} and "vendor" not in p.parts]

HEX = re.compile(r"(?<![&\w/])#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b(?![\w-])")
CLASS_IN_SHEET = re.compile(r"\.(-?[a-zA-Z][\w-]*)")
TAG = re.compile(r"{[%#].*?[%#]}|{{.*?}}", re.S)

MADE_BY_TAGS = {"is-invalid", "form-control", "form-select", "form-check-input"}


def known_classes(page: Path) -> set[str]:
    """Member pages have a sheet of their own; all others stand on the console's and on what we took of Tabler."""
    is_members = "member" in page.parts
    folder = WEB / "member" / "static" / "member" if is_members else STATIC
    sheets = "".join(path.read_text() for path in folder.glob("*.css"))
    drawn = set(CLASS_IN_SHEET.findall(re.sub(r"\"[^\"]*\"|\d\.\d+", "", sheets)))
    return drawn if is_members else drawn | TABLER


def classes_in(source: str) -> set[str]:
    """Class names written out in a template; those put together by a tag are the tag's own business."""
    found: set[str] = set()
    for quote in re.findall(
        r"""\bclass=("[^"]*"|'[^']*')""", TAG.sub(lambda m: "{}" if m[0][1] == "{" else " ", source)
    ):
        found |= {word for word in quote[1:-1].split() if "{" not in word}
    return found


@pytest.mark.parametrize(
    "path", [p for p in OURS if p.name != "tokens.css" and p.suffix != ".py"], ids=lambda p: p.name
)
def test_colours_are_written_in_the_tokens_alone(path: Path) -> None:
    assert HEX.findall(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_template_holds_script_or_style(path: Path) -> None:
    source = path.read_text()
    assert re.findall(r"\sstyle=", source) == []
    assert re.findall(r"\son[a-z]+=", source) == []
    assert re.findall(r"<style|<script(?![^>]*\ssrc=)|javascript:|hx-on|hx-vals=['\"]js", source) == []


@pytest.mark.parametrize("path", [*TEMPLATES, *SHEET], ids=lambda p: p.name)
def test_every_class_is_drawn_somewhere(path: Path) -> None:
    lost = classes_in(path.read_text()) - known_classes(path)
    assert not lost, f"no style sheet knows {sorted(lost)}: docs/look.md lists what there is"


@pytest.mark.parametrize("path", [*TEMPLATES, *SHEET], ids=lambda p: p.name)
def test_every_icon_exists(path: Path) -> None:
    source = path.read_text()
    named = {*re.findall(r'{% icon "([^"]+)"', source), *re.findall(r'{% chip [^%]*?icon="([^"]+)"', source)}
    assert named - ICONS - {"none"} == set()


def test_the_script_asks_for_nothing_a_strict_policy_forbids() -> None:
    script = "".join(path.read_text() for path in STATIC.glob("*.js"))
    assert (
        re.findall(
            r"\beval\(|new Function|innerHTML|outerHTML\s*=|insertAdjacentHTML|\.style\b|document\.write", script
        )
        == []
    )


def test_the_dark_tokens_are_the_light_ones() -> None:
    light, dark = (STATIC / "tokens.css").read_text().split("[data-bs-theme=dark] {", 1)
    names = re.compile(r"--([a-z][\w-]*):\s*(?:#|rgb|0 12px)")
    assert set(names.findall(light)) == set(names.findall(dark))


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_text_can_be_read_on_every_ground(theme: str) -> None:
    light, dark = (STATIC / "tokens.css").read_text().split("[data-bs-theme=dark] {", 1)
    token = dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", light if theme == "light" else dark))
    pairs = [(ink, ground) for ink in ("ink", "ink2", "ink3") for ground in ("paper", "surface", "sunken")]
    pairs += [
        (step, ground)
        for step in ("gather", "give", "sell", "share", "good", "bad", "accent")
        for ground in (f"{step}-tint", "surface")
    ]
    pairs += [("accent-on", "accent"), ("bad-on", "bad"), ("paper", "ink")]
    weak = {
        pair: round(_contrast(token[pair[0]], token[pair[1]]), 2)
        for pair in pairs
        if _contrast(token[pair[0]], token[pair[1]]) < 4.5
    }
    assert weak == {}
