"""What a person gets of gather when they ask for their data: applications with their answers, rules agreed to, welcomes."""

from __future__ import annotations

from collections.abc import Iterable

from tongpin.core.people.exporting import Section
from tongpin.loop.gather.admission.models import Answer, Application
from tongpin.loop.gather.charter.models import Acceptance
from tongpin.loop.gather.welcome.models import Welcome


def export_gather(person_ids: tuple[int, ...]) -> Iterable[Section]:
    """Oldest first."""
    applied = Application.objects.filter(person__in=person_ids).select_related("community").order_by("pk")
    yield Section(
        "did",
        "applications",
        [
            {"number": one.pk, "community": one.community.name, "at": one.applied_at, "state": one.state}
            for one in applied
        ],
    )
    answers = Answer.objects.filter(application__person__in=person_ids).order_by("application_id", "position")
    yield Section(
        "did",
        "answers",
        [{"number": one.application_id, "question": one.question, "words": one.words} for one in answers],
    )
    agreed = Acceptance.objects.filter(person__in=person_ids).select_related("charter__community").order_by("pk")
    yield Section(
        "did",
        "charters",
        [
            {"community": one.charter.community.name, "edition": one.charter.edition, "at": one.accepted_at}
            for one in agreed
        ],
    )
    welcomes = Welcome.objects.filter(person__in=person_ids).select_related("community").order_by("pk")
    yield Section(
        "did",
        "welcomes",
        [
            {"community": one.community.name, "at": one.begun_at, "lines": len(one.done_at), "done": one.finished_at}
            for one in welcomes
        ],
    )
