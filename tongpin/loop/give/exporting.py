"""What a person gets of give when they ask for their data: talks they gave, questions they asked, talks they heard."""

from __future__ import annotations

from collections.abc import Iterable

from tongpin.core.people.exporting import Section
from tongpin.loop.give.digests.models import QuoteConsent
from tongpin.loop.give.talks.models import Hearer, Question, Segment, SignUp, Talk


def export_give(person_ids: tuple[int, ...]) -> Iterable[Section]:
    """Oldest first."""
    given = Talk.objects.filter(guest_person_id__in=person_ids).order_by("starts_at", "pk")
    yield Section(
        "did",
        "talks_given",
        [
            {"number": one.pk, "title": one.title, "at": one.started_at or one.starts_at, "state": one.state}
            for one in given
        ],
    )
    spoken = Segment.objects.filter(talk__guest_person_id__in=person_ids).order_by("talk_id", "number")
    yield Section(
        "did",
        "talk_segments",
        [
            {"talk": one.talk_id, "at": one.at, "kind": one.form, "words": one.words, "files": ", ".join(one.files)}
            for one in spoken
        ],
    )
    asked = Question.objects.filter(person_id__in=person_ids).select_related("talk").order_by("asked_at", "pk")
    yield Section(
        "did",
        "questions",
        [
            {"talk": one.talk.title, "at": one.asked_at, "words": one.words, "state": one.state, "called": one.name}
            for one in asked
        ],
    )
    heard = Hearer.objects.filter(person__in=person_ids).select_related("talk").order_by("first_at", "pk")
    yield Section(
        "did",
        "talks_heard",
        [
            {
                "talk": one.talk.title,
                "at": one.first_at,
                "how": one.how,
                "seconds": one.seconds,
                "messages": one.messages,
            }
            for one in heard
        ],
    )
    wanted = SignUp.objects.filter(person__in=person_ids).select_related("talk").order_by("at", "pk")
    yield Section("did", "talk_sign_ups", [{"talk": one.talk.title, "at": one.at} for one in wanted])
    quoted = QuoteConsent.objects.filter(person__in=person_ids).select_related("digest").order_by("pk")
    yield Section(
        "did",
        "quoted",
        [
            {
                "number": one.digest_id,
                "title": one.digest.title,
                "state": one.state,
                "at": one.answered_at or one.asked_at,
            }
            for one in quoted
        ],
    )
