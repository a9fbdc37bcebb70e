"""Where a file's columns get their meaning (认列): what it was taken for, how sure, what still must be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tongpin.base.clock import now as present
from tongpin.channels.sheet.chats.values import Recognised as ChatFound
from tongpin.channels.sheet.recognised import Column
from tongpin.channels.sheet.recognised import Recognised as TableFound
from tongpin.core.intake.actions import NotNow, describe
from tongpin.core.intake.models import Batch
from tongpin.core.intake.queries import OPEN, group_names, shop_names
from tongpin.core.intake.recognising import SHOPLESS, TABLES, MappingProblem, chat_found, chat_mapping, table_found
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Everything
from tongpin.web.console.import_parts import batch_or_404, communities_for, file_facts, shown_sample, stages
from tongpin.web.console.import_words import CHAT_FIELDS, CONSENT, DATE_ORDERS, KINDS, meaning_choices, meaning_word
from tongpin.web.console.reasons import ALARMING, COLUMNS, NEEDS, refusal_words
from tongpin.web.look.gate import StaffRequest, needs
from tongpin.web.look.toast import say

PLAIN_CHATS = frozenset({"plain_csv", "plain_jsonl"})
ORDERED_FIELDS = ("time", "text", "sender_name", "sender_id", "place", "thread", "reply_to", "message_id", "type")


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """One column of a table. `asks` is a note somebody should read before going on."""

    field: str
    title: str
    sample: str
    chosen: str
    word: str
    note: str
    asks: bool
    is_used: bool


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """One part of a message and the column of the file that feeds it."""

    field: str
    word: str
    chosen: str
    is_needed: bool


class Answered(forms.ChoiceField):
    """A select always has an answer, also where the answer is nothing."""

    def validate(self, value: str) -> None:
        """Nothing is an answer."""
        if value:
            super().validate(value)


class Wanted(forms.CharField):
    """A text the import needs before it can start, though not before the file is read again."""

    def validate(self, value: str) -> None:
        """Asked for once more on the page itself."""


class SayingForm(forms.Form):
    """What a person says about a file as a whole."""

    use_required_attribute = False

    kind = forms.ChoiceField(label=gettext_lazy("Taken for"), required=False)
    date_order = forms.ChoiceField(label=gettext_lazy("How dates are written"), required=False)
    shop_name = forms.CharField(label=gettext_lazy("Shop"), required=False, max_length=120)
    place_name = forms.CharField(label=gettext_lazy("Group"), required=False, max_length=120)
    community = forms.ChoiceField(label=gettext_lazy("Community"), required=False)
    consent_basis = forms.ChoiceField(label=gettext_lazy("What they agreed to"), required=False)

    def __init__(
        self, *arguments: object, batch: Batch, communities: list[tuple[int, str]], whole_house: bool, **more: object
    ) -> None:
        super().__init__(*arguments, **more)  # type: ignore[arg-type]
        self.batch = batch
        auto = [("", _("let it be recognised"))]
        self._choose("kind", [*auto, *((code, str(KINDS[code])) for code in (*TABLES, "messages"))])
        self._choose("date_order", [(code, str(word)) for code, word in DATE_ORDERS.items()])
        house = [("", _("none, or several"))] if whole_house else []
        self._choose("community", [*house, *((str(number), name) for number, name in communities)])
        self._choose("consent_basis", [(code, str(word)) for code, word in CONSENT.items()])
        if not communities:
            del self.fields["community"]
        for name in self._idle():
            del self.fields[name]
        for name in ("shop_name", "place_name"):
            if name in self.fields:
                if batch.state == Batch.State.UPLOADED and not batch.problem:
                    self.fields[name] = Wanted(label=self.fields[name].label, max_length=120)
                self.fields[name].widget.attrs["list"] = f"known_{name}"
                self.fields[name].widget.attrs["autocomplete"] = "off"

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        label = self.fields[name].label
        self.fields[name] = Answered(label=label, choices=choices)

    def _idle(self) -> list[str]:
        """What need not be said of a file like this."""
        if self.batch.kind == "messages":
            return ["shop_name", "date_order", "consent_basis"]
        if self.batch.kind not in TABLES:
            return ["shop_name", "place_name", "date_order", "consent_basis"]
        idle = ["place_name"]
        table = self.batch.recognised.get("table")
        if not table or not (table.get("reason") == "date_order_unclear" or _date_order(table_found(self.batch))):
            idle.append("date_order")
        if self.batch.kind in SHOPLESS:
            idle.append("shop_name")
        return idle

    def said(self) -> dict[str, str]:
        """The texts that were given; what the form did not ask stays as it was."""
        given = self.cleaned_data
        return {
            "kind": given.get("kind", ""),
            "date_order": given.get("date_order", ""),
            "shop_name": given.get("shop_name", self.batch.shop_name),
            "place_name": given.get("place_name", self.batch.place_name),
            "consent_basis": given.get("consent_basis", self.batch.consent_basis),
        }


def _date_order(table: TableFound) -> str:
    return next((column.date_order for column in table.columns if column.date_order), "")


def _columns(table: TableFound) -> list[ColumnSeen]:
    return [
        ColumnSeen(
            field=f"c{column.index}",
            title=column.title,
            sample=shown_sample(column),
            chosen=column.meaning.value,
            word=meaning_word(column.meaning),
            note=_note(column),
            asks=column.certainty == "ask" or column.note in ALARMING,
            is_used=column.certainty != "ignored",
        )
        for column in table.columns
    ]


def _note(column: Column) -> str:
    if column.certainty == "guess" and not column.note:
        return _("a guess from the title")
    return str(COLUMNS.get(column.note, column.note))


def _chat_fields(batch: Batch, chat: ChatFound) -> list[FieldSeen]:
    if chat.format not in PLAIN_CHATS or not chat.headers:
        return []
    mapping = chat_mapping(batch) or chat.columns
    return [
        FieldSeen(f"f_{name}", str(CHAT_FIELDS[name]), getattr(mapping, name, None) or "", name in ("time", "text"))
        for name in ORDERED_FIELDS
    ]


def _page(request: StaffRequest, batch: Batch, form: SayingForm, *, status: int = 200) -> HttpResponse:
    context: dict[str, object] = {
        "batch": batch,
        "file": file_facts(batch),
        "form": form,
        "stages": stages("columns", batch),
        "is_ready": batch.state == Batch.State.READY,
        "problem": refusal_words(batch.problem) if batch.problem else None,
        "needs": _lacking(batch, form),
        "shops": shop_names(scope=request.scope) if "shop_name" in form.fields else [],
        "groups": group_names(scope=request.scope) if "place_name" in form.fields else [],
    }
    if "table" in batch.recognised:
        table = table_found(batch)
        columns = _columns(table)
        missing = [" / ".join(meaning_word(meaning) for meaning in group) for group in table.missing]
        context |= {
            "choices": meaning_choices(),
            "used": [one for one in columns if one.is_used or one.asks],
            "unused": [one for one in columns if not one.is_used and not one.asks],
            "asking": sum(one.asks for one in columns),
            "missing": missing,
            "total": len(columns),
        }
    elif "chat" in batch.recognised:
        _opened, chat = chat_found(batch)
        fields = _chat_fields(batch, chat)
        chosen = set(batch.mapping.get("only", ())) if batch.mapping else set()
        picked = [(label, label in chosen) for label in chat.conversations] if len(chat.conversations) > 1 else []
        context |= {"chat": chat.chat, "fields": fields, "headers": chat.headers, "conversations": picked}
    template = (
        "console/imports/columns_part.html" if request.headers.get("HX-Request") else "console/imports/columns.html"
    )
    return render(request, template, context, status=200 if request.headers.get("HX-Request") else status)


def _lacking(batch: Batch, form: SayingForm) -> list[str]:
    """What a person must still say; the file itself is fine."""
    if batch.problem or batch.state == Batch.State.READY or not batch.recognised:
        return []
    field = "place" if batch.kind == "messages" else "shop"
    return [str(NEEDS[field])]


def _form(request: StaffRequest, batch: Batch, *, is_said: bool = False) -> SayingForm:
    table = table_found(batch) if "table" in batch.recognised else None
    chat = chat_found(batch)[1] if "chat" in batch.recognised else None
    initial = {
        "kind": batch.kind if batch.kind in KINDS else "",
        "date_order": _date_order(table) if table else "",
        "shop_name": batch.shop_name,
        "place_name": batch.place_name,
        "community": str(batch.community_id or ""),
        "consent_basis": batch.consent_basis,
    }
    form = SayingForm(
        request.POST if is_said else None,
        initial=initial,
        batch=batch,
        communities=communities_for(request.scope),
        whole_house=isinstance(request.scope, Everything),
    )
    if "place_name" in form.fields and chat and chat.chat:
        # Only shown: a name that is typed would take the place of the platform's own number of the group.
        form.fields["place_name"].widget.attrs["placeholder"] = chat.chat.place_name
    return form


def _mapping(batch: Batch, given: Mapping[str, str], only: list[str]) -> dict[str, object]:
    """What a person chose for columns, on top of what they chose before. Only what differs is a choice."""
    if "chat" in batch.recognised:
        chat = chat_found(batch)[1]
        fields = _chat_fields(batch, chat)
        chosen: dict[str, object] = {one.field[2:]: given.get(one.field, one.chosen) for one in fields}
        changed = any(given.get(one.field, one.chosen) != one.chosen for one in fields)
        mapping: dict[str, object] = dict(batch.mapping or {})
        if changed or {"time", "text"} <= mapping.keys():
            mapping |= {name: value for name, value in chosen.items() if value}
            mapping = {name: value for name, value in mapping.items() if name == "only" or chosen.get(name)}
        return mapping | ({"only": [one for one in only if one in chat.conversations]} if only else {})
    if "table" not in batch.recognised:
        return {}
    mapping = dict(batch.mapping or {})
    for column in table_found(batch).columns:
        value = given.get(f"c{column.index}", "")
        if value and value != column.meaning.value:
            mapping[column.title] = value
    return mapping


@needs("import.run")
@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: StaffRequest, batch_id: int) -> HttpResponse:
    """Shows what was recognised; a POST says more about the file and reads it anew."""
    batch = batch_or_404(request, batch_id)
    if batch.state not in OPEN:
        return redirect("console:import", batch_id=batch.pk)
    if request.method != "POST":
        return _page(request, batch, _form(request, batch))
    form = _form(request, batch, is_said=True)
    if not form.is_valid():
        return _page(request, batch, form, status=422)
    number = form.cleaned_data.get("community") or ""
    community = Community.objects.filter(pk=int(number)).first() if number else None
    if community is None and not isinstance(request.scope, Everything):
        community = batch.community  # out of their community it would be out of their sight
    said = form.said()
    same_sort = ("chat" in batch.recognised) == (said["kind"] == "messages")
    mapping = _mapping(batch, request.POST, request.POST.getlist("only")) if same_sort or not said["kind"] else {}
    try:
        describe(batch=batch, at=present(), mapping=mapping or None, community=community, **said)  # type: ignore[arg-type]
    except MappingProblem as problem:
        say(request, _("There is no column called %(name)s any more.") % {"name": problem.key}, kind="bad")
    except NotNow:
        return redirect("console:import", batch_id=batch.pk)
    if request.headers.get("HX-Request"):
        return _page(request, batch, _form(request, batch))
    if request.POST.get("go") == "preview" and batch.state == Batch.State.READY:
        return redirect("console:import_preview", batch_id=batch.pk)
    return redirect("console:import_columns", batch_id=batch.pk)
