"""The page before a step that cannot be taken back: what will happen, to whom, and the way out first."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from tongpin.web.look.gate import StaffRequest


@dataclass(frozen=True, slots=True)
class Sure:
    """A step in words. `label` is the whole truth; `effects` are (what, text); `hidden` goes along with the answer;
    `choices` are (code, word) of a reason to be chosen."""

    title: str
    lead: str
    label: str
    back: str
    effects: tuple[tuple[str, str], ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    note: str = ""
    danger: bool = True
    step: str = "sell"


def ask(request: StaffRequest, sure: Sure) -> HttpResponse:
    """The page; its button posts to the same address."""
    return render(request, "console/sell/sure.html", {"sure": sure})
