"""Providers are found by name, those from outside too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cashier.stores import MemoryStore
from tests.cashier.till import SETTINGS
from tongpin.cashier.registry import PROVIDERS, UnknownProvider, open_provider, provider_kinds

PLUG = """
from tongpin.cashier.manual import Manual

class Corner(Manual):
    kind = "corner"

def open_corner(*, config, store):
    return Corner(store=store, account=("till",), picture_url=None)

def open_nothing(*, config, store):
    return object()

def open_other(*, config, store):
    return Manual(store=store, account=("till",), picture_url=None)
"""
ENTRIES = """[tongpin.cashier]
corner = corner_plug:open_corner
nothing = corner_plug:open_nothing
misnamed = corner_plug:open_other
sandbox = corner_plug:open_corner
"""


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package from outside is installed."""
    (tmp_path / "corner_plug.py").write_text(PLUG, encoding="utf-8")
    told = tmp_path / "corner_plug-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: corner-plug\nVersion: 1.0\n", encoding="utf-8")
    (told / "entry_points.txt").write_text(ENTRIES, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "corner_plug", raising=False)


def test_the_built_in_kinds_are_there() -> None:
    assert set(PROVIDERS) <= set(provider_kinds())
    assert open_provider(kind="sandbox", config=SETTINGS, store=MemoryStore()).kind == "sandbox"
    assert open_provider(kind="manual", config={"account": "某某茶行"}, store=MemoryStore()).kind == "manual"


def test_an_unknown_kind_is_told_which_there_are() -> None:
    with pytest.raises(UnknownProvider, match=r"manual.*sandbox") as caught:
        open_provider(kind="paypal", config={}, store=MemoryStore())
    assert caught.value.reason == "unknown_provider"


@pytest.mark.usefixtures("plugged")
def test_a_provider_from_outside_is_opened_like_any() -> None:
    assert set(provider_kinds()) >= {"corner", "manual", "sandbox"}
    assert open_provider(kind="corner", config={}, store=MemoryStore()).kind == "corner"


@pytest.mark.usefixtures("plugged")
def test_a_plug_in_cannot_take_a_built_in_name() -> None:
    assert type(open_provider(kind="sandbox", config=SETTINGS, store=MemoryStore())).__name__ == "Sandbox"
    assert provider_kinds().count("sandbox") == 1


@pytest.mark.usefixtures("plugged")
@pytest.mark.parametrize("kind", ["nothing", "misnamed"])
def test_what_is_no_provider_of_that_kind_is_refused(kind: str) -> None:
    with pytest.raises(UnknownProvider, match=f"“{kind}” is not a provider") as caught:
        open_provider(kind=kind, config={}, store=MemoryStore())
    assert caught.value.reason == "not_a_provider"
