"""What one does first in a new house (第一步)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tongpin.core.places.models import Community
from tongpin.core.team.models import Staff, WriteKey
from tongpin.core.team.queries import Teammate
from tongpin.core.team.rules import Everything
from tongpin.web.console.import_parts import way


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One of the first steps in a new house."""

    step: str
    what: str
    why: str
    verb: str
    href: str
    done: bool


def first_steps(mate: Teammate) -> list[FirstStep]:
    """What one does in a new house, as far as this person may. Two queries."""
    steps: list[FirstStep] = []

    def step(glyph: str, what: str, why: str, verb: str, href: str, *, done: bool = False, may: bool = True) -> None:
        if may and href:
            steps.append(FirstStep(glyph, what, why, verb, href, done))

    step(
        "gather", _("Bring your old customers in"),
        _("orders of your shop, a list of customers, a group's chat: whatever export you have"),
        _("Import"), way("console:import_upload"), may=bool(mate.scope("import.run")),
    )  # fmt: skip
    if isinstance(mate.scope("places.edit"), Everything):
        step(
            "gather", _("Found a community"), _("a name now; the one thing you do together, rules and doors after it"),
            _("Begin"), way("console:communities"), done=Community.objects.exists(),
        )  # fmt: skip
    step(
        "gather", _("Add somebody by hand"), _("ten seconds on a phone: name, phone, where you met"), _("Add"),
        way("console:person_add"), may=bool(mate.scope("people.edit")),
    )  # fmt: skip
    step(
        "house", _("Switch the second step on"), _("a code from your phone besides the password"), _("Set it up"),
        way("console:security"), done=mate.has_second_step,
    )  # fmt: skip
    if mate.scope("team.manage"):
        several = Staff.objects.count() > 1
        step(
            "house", _("Invite a teammate"), _("everybody has an account of their own"), _("Invite"),
            way("console:team"), done=several,
        )  # fmt: skip
    if mate.scope("keys.manage"):
        connected = WriteKey.objects.exists()
        step(
            "house", _("Connect your site or mini program"), _("a line of code, and visits become facts"), _("Connect"),
            way("console:keys"), done=connected,
        )  # fmt: skip
    return steps
