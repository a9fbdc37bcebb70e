"""Tables of admission."""

from __future__ import annotations

from django.db import models

from tongpin.core.people.models import Person
from tongpin.core.places.models import Community, TrackedCode
from tongpin.loop.gather.entrances.models import Entrance


class QuestionSheet(models.Model):
    """What a community asks applicants. The row says that it was decided, also where nothing is asked."""

    community = models.OneToOneField(Community, on_delete=models.CASCADE, related_name="+")
    questions = models.JSONField(default=list)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60)

    class Meta:
        db_table = "question_sheet"


class Application(models.Model):
    """Somebody asks to be let in (入群申请). One at a time waits for each record of a person.

    `reconsidered`: how often a refusal was taken back; the promise to answer counts from the last time.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    code = models.ForeignKey(TrackedCode, null=True, on_delete=models.SET_NULL, related_name="+")
    entrance = models.ForeignKey(Entrance, null=True, on_delete=models.SET_NULL, related_name="+")
    inviter = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    charter_edition = models.IntegerField()
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=30, blank=True)
    reconsidered = models.IntegerField(default=0)
    reconsidered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "application"
        constraints = [
            models.UniqueConstraint(
                fields=["community", "person"], condition=models.Q(state="waiting"), name="application_waits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting", decided_at=None)
                | (~models.Q(state="waiting") & models.Q(decided_at__isnull=False)),
                name="application_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["applied_at", "id"], condition=models.Q(state="waiting"), name="application_waiting"),
            models.Index(fields=["person"], name="application_person"),
            models.Index(fields=["entrance", "state"], name="application_entrance"),
        ]


class Answer(models.Model):
    """An applicant's own words to one question, as it was asked."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    position = models.IntegerField()
    question = models.TextField()
    words = models.TextField(blank=True)

    class Meta:
        db_table = "application_answer"
        constraints = [models.UniqueConstraint(fields=["application", "position"], name="answered_once")]
