"""Tables of talks. What was said stands in segments; lines are the order in which the live page shows things."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tongpin.core.people.models import Person
from tongpin.core.places.models import Community, Place, TrackedCode


class Talk(models.Model):
    """A talk (分享). Its row is the one lock under which it starts, gets lines and ends.

    `last_line` is the number of its newest line, `edition` counts its dates, `occurrence` its announcements.
    """

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft"
        ANNOUNCED = "announced"
        LIVE = "live"
        ENDED = "ended"
        CANCELLED = "cancelled"

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=80)
    about = models.TextField(blank=True)
    guest_person_id = models.BigIntegerField(null=True)
    guest_name = models.CharField(max_length=40, blank=True)
    starts_at = models.DateTimeField()
    ends_hint = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    stage_key_hash = models.BinaryField(max_length=32, null=True, unique=True)
    live_code = models.CharField(max_length=20, unique=True)
    last_line = models.IntegerField(default=0)
    edition = models.IntegerField(default=1)
    occurrence = models.IntegerField(default=0)
    reminded_for = models.DateTimeField(null=True)
    planned_by = models.CharField(max_length=60)
    planned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30, blank=True)

    class Meta:
        db_table = "talk"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "announced"), started_at=None, ended_at=None, cancelled_at=None)
                | models.Q(state="live", started_at__isnull=False, ended_at=None, cancelled_at=None)
                | models.Q(state="ended", started_at__isnull=False, ended_at__isnull=False, cancelled_at=None)
                | models.Q(state="cancelled", started_at=None, cancelled_at__isnull=False),
                name="talk_moments",
            )
        ]
        indexes = [
            models.Index(fields=["community", "-starts_at"], name="talk_community"),
            models.Index(fields=["starts_at"], name="talk_starts"),
            models.Index(fields=["state"], condition=models.Q(state__in=("announced", "live")), name="talk_open"),
            models.Index(
                fields=["guest_person_id"], condition=models.Q(guest_person_id__isnull=False), name="talk_guest"
            ),
        ]


class TalkPlace(models.Model):
    """A place that hears of a talk. `code` leads to the live page from its card before, `replay_code` from the one after."""

    class Way(models.TextChoices):
        """every: each segment goes there by itself; cards: one card before and one after, by a human."""

        EVERY = "every"
        CARDS = "cards"

    class State(models.TextChoices):
        """invited: it was told; attached: only its chat was handed in afterwards."""

        INVITED = "invited"
        ATTACHED = "attached"

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=10, choices=Way.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    code = models.ForeignKey(TrackedCode, null=True, on_delete=models.SET_NULL, related_name="+")
    replay_code = models.ForeignKey(TrackedCode, null=True, on_delete=models.SET_NULL, related_name="+")
    invited_at = models.DateTimeField(null=True)
    attached_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "talk_place"
        constraints = [models.UniqueConstraint(fields=["talk", "place"], name="talk_place_once")]


class Segment(models.Model):
    """What the guest gave in one go. `client_key` is the stage's own, so that a phone may send it again."""

    class Form(models.TextChoices):
        """What it is made of; words may stand below a picture."""

        TEXT = "text"
        PICTURE = "picture"
        VOICE = "voice"

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    form = models.CharField(max_length=10, choices=Form.choices)
    words = models.TextField(blank=True)
    files = ArrayField(models.CharField(max_length=40), default=list)
    seconds = models.IntegerField(default=0)
    client_key = models.CharField(max_length=40)
    question = models.ForeignKey("Question", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True)
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "talk_segment"
        constraints = [
            models.UniqueConstraint(fields=["talk", "number"], name="talk_segment_number"),
            models.UniqueConstraint(fields=["talk", "client_key"], name="talk_segment_once"),
        ]
        indexes = [
            models.Index(fields=["talk", "number"], condition=models.Q(relayed_at=None), name="talk_segment_on_way")
        ]


class Line(models.Model):
    """One line of the live page; `number` is its event id. `ref`: a segment (segment, redaction) or a question (answer).

    `words`: what a host answered; a segment's own stand with it.
    """

    class Kind(models.TextChoices):
        """What it shows."""

        SEGMENT = "segment"
        ANSWER = "answer"
        REDACTION = "redaction"
        STARTED = "started"
        ENDED = "ended"

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    ref = models.BigIntegerField(default=0)
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "talk_line"
        constraints = [models.UniqueConstraint(fields=["talk", "number"], name="talk_line_number")]


class Question(models.Model):
    """A question put to a guest. `message_id` where it was said in a place; `answers` counts answers, of host and guest.

    `once` stands for the form it came by and its words: sent again by a phone that heard no answer, it is the same.
    """

    class State(models.TextChoices):
        """shown: the guest has it before their eyes."""

        WAITING = "waiting"
        SHOWN = "shown"
        ANSWERED = "answered"
        DROPPED = "dropped"
        MERGED = "merged"

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField(null=True)
    name = models.CharField(max_length=40, blank=True)
    words = models.TextField()
    channel = models.CharField(max_length=30)
    message_id = models.BigIntegerField(null=True)
    once = models.BinaryField(max_length=16, null=True)
    place = models.ForeignKey(Place, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    shown_at = models.DateTimeField(null=True)
    routed = models.IntegerField(default=0)
    answers = models.IntegerField(default=0)
    answer_words = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "question"
        constraints = [
            models.UniqueConstraint(
                fields=["talk", "message_id"], condition=models.Q(message_id__isnull=False), name="question_of_message"
            ),
            models.UniqueConstraint(
                fields=["talk", "once"], condition=models.Q(once__isnull=False), name="question_once"
            ),
        ]
        indexes = [
            models.Index(fields=["talk", "state", "id"], name="question_queue"),
            models.Index(fields=["person_id"], condition=models.Q(person_id__isnull=False), name="question_person"),
        ]


class Hearer(models.Model):
    """Somebody who heard a talk, once for each way: live on the page, in a group, by a chat that was attached, or (not
    counted as having been there) who opened its replay."""

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=12)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seconds = models.IntegerField(default=0)
    messages = models.IntegerField(default=0)

    class Meta:
        db_table = "talk_hearer"
        constraints = [models.UniqueConstraint(fields=["talk", "person", "how"], name="talk_heard_once")]
        indexes = [models.Index(fields=["person"], name="talk_hearer_person")]


class SignUp(models.Model):
    """Somebody wants to hear a talk (报名)."""

    talk = models.ForeignKey(Talk, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "talk_sign_up"
        constraints = [models.UniqueConstraint(fields=["talk", "person"], name="talk_signed_up_once")]
        indexes = [models.Index(fields=["person"], name="talk_sign_up_person")]
