"""Every text a page can show has its Chinese; nothing is kept for pages that are gone."""

from __future__ import annotations

import re
from pathlib import Path

import polib

from tongpin.web.look.messages import CATALOGUE, Text, lacks, merge, texts


def test_the_chinese_catalogue_is_complete() -> None:
    lack = lacks()
    assert lack.missing == (), "run bin/messages, then translate what it names"
    assert lack.idle == (), "run bin/messages: these texts are shown by no page any more"


def test_no_translation_is_a_guess() -> None:
    assert [entry.msgid for entry in polib.pofile(str(CATALOGUE)) if entry.fuzzy] == []


def test_translations_keep_the_places_of_their_values() -> None:
    places = re.compile(r"%\(\w+\)[sd]|{\w+}|<b>|</b>")
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(CATALOGUE))
        for said in ([entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values())
        if sorted(places.findall(said)) != sorted(places.findall(entry.msgid_plural or entry.msgid))
    ]
    assert wrong == []


def test_every_way_of_saying_is_found(tmp_path: Path) -> None:
    room = tmp_path / "templates"
    room.mkdir()
    (room / "a.html").write_text(
        '{% load i18n %}{% translate "Plain" %}{% translate "Door" context "of a house" %}'
        "{% blocktranslate count n=n trimmed %}\n{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
        '{% chip _("Inside a tag") "good" %}{{ _("In a value")|upper }}{# {% translate "Commented out" %} #}'
    )
    (tmp_path / "b.py").write_text(
        "_('From Python')\ngettext_lazy('Lazy')\nngettext('one', 'many', 2)\n"
        "pgettext('where', 'what')\nprint('not this')\n"
    )
    (tmp_path / "c.py").write_text(
        "from django.utils.translation import gettext_lazy as lazy, pgettext as said_of\n"
        "lazy('By another name')\nsaid_of('door', 'shut')\ntranslate('not this either')\n"
    )
    assert set(texts(folder=tmp_path)) == {
        Text("Plain"),
        Text("Door", context="of a house"),
        Text("%(n)s row", plural="%(n)s rows"),
        Text("Inside a tag"),
        Text("In a value"),
        Text("From Python"),
        Text("Lazy"),
        Text("one", plural="many"),
        Text("what", context="where"),
        Text("By another name"),
        Text("shut", context="door"),
    }


def test_merging_keeps_translations_and_drops_what_is_gone(tmp_path: Path) -> None:
    catalogue = tmp_path / "zh.po"
    source = tmp_path / "a.py"
    source.write_text("_('Stays')\n_('Goes')\n")
    assert merge(folder=tmp_path, catalogue=catalogue).missing == (Text("Goes"), Text("Stays"))
    written = polib.pofile(str(catalogue))
    for entry in written:
        entry.msgstr = "译文"
    written.save()
    source.write_text("_('Stays')\n_('Comes')\n")
    assert merge(folder=tmp_path, catalogue=catalogue).missing == (Text("Comes"),)
    assert {e.msgid: e.msgstr for e in polib.pofile(str(catalogue))} == {"Stays": "译文", "Comes": ""}
    assert lacks(folder=tmp_path, catalogue=catalogue).idle == ()
