"""Tables of sending. What a letter says stands here and nowhere else; addresses are looked up when it leaves."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tongpin.core.places.models import Place


class State(models.TextChoices):
    """How far something on its way out is. `given`: a human has it to do."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    GIVEN = "given"
    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"
    CANCELLED = "cancelled"


OPEN = (State.QUEUED, State.CLAIMED)


class Outgoing(models.Model):
    """Something on its way out. `key` is a digest of the caller's natural key, and the channel's key in hexadecimal.

    `queue` is what order is kept by: its numbers go one after the other. `claim` counts claims, so that a worker that
    was thought dead cannot write over its successor. `failures` counts what was its own fault, `attempts` all tries.
    """

    key = models.BinaryField(max_length=16, unique=True)
    told = models.BinaryField(max_length=16)
    channel = models.CharField(max_length=30)
    queue = models.CharField(max_length=80)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    reason = models.CharField(max_length=60, blank=True)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    failures = models.IntegerField(default=0)
    claim = models.IntegerField(default=0)
    claimed_by = models.CharField(max_length=60, blank=True)
    claimed_until = models.DateTimeField(null=True)
    platform_id = models.CharField(max_length=300, blank=True)
    more_ids = ArrayField(models.TextField(), default=list)
    about_kind = models.CharField(max_length=60, blank=True)
    about = models.BigIntegerField(default=0)
    actor = models.CharField(max_length=60)
    queued_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "queue"], condition=Q(state="claimed"), name="%(class)s_in_flight"
            )
        ]
        indexes = [
            models.Index(fields=["channel", "not_before", "id"], condition=Q(state="queued"), name="%(class)s_due"),
            models.Index(fields=["channel", "queue", "id"], condition=Q(state__in=OPEN), name="%(class)s_in_order"),
            models.Index(fields=["about_kind", "about"], condition=~Q(about_kind=""), name="%(class)s_about"),
            models.Index(fields=["person_id", "-id"], condition=Q(person_id__isnull=False), name="%(class)s_person"),
        ]


class Letter(Outgoing):
    """A letter (信) to a place, a person or a bare address. `fleeting`: what it says is forgotten once it left.

    `answers` is the letter of ours it replies to, `speaker_person_id` whose words it carries.
    """

    class Class(models.TextChoices):
        """What sort of letter, which says what must allow it."""

        SERVICE = "service"
        SESSION = "session"
        PROMOTION = "promotion"

    letter_class = models.CharField(max_length=10, choices=Class.choices)
    broadcast = models.BigIntegerField(default=0)
    answers = models.BigIntegerField(default=0)
    speaker_person_id = models.BigIntegerField(null=True)
    address_sealed = models.BinaryField(null=True)
    fleeting = models.BooleanField(default=False)
    redact_asked_at = models.DateTimeField(null=True)

    class Meta(Outgoing.Meta):
        abstract = False
        db_table = "letter"
        indexes = [
            *Outgoing.Meta.indexes,
            models.Index(
                fields=["speaker_person_id"], condition=Q(speaker_person_id__isnull=False), name="letter_speaker"
            ),
        ]


class Command(Outgoing):
    """Something a platform is told to do (指令)."""

    verb = models.CharField(max_length=20)

    class Meta(Outgoing.Meta):
        abstract = False
        db_table = "command"


class Errand(models.Model):
    """What a human is asked to do (待转发), by one tap. `text` is to be copied; `taps` counts every touch it took."""

    class State(models.TextChoices):
        """Where it stands. A missed one may still be done, late."""

        GIVEN = "given"
        DONE = "done"
        MISSED = "missed"

    key = models.BinaryField(max_length=16, unique=True)
    kind = models.CharField(max_length=30)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="+")
    person_id = models.BigIntegerField(null=True)
    letter = models.OneToOneField(Letter, null=True, on_delete=models.CASCADE, related_name="+")
    command = models.OneToOneField(Command, null=True, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(blank=True)
    url = models.CharField(max_length=2000, blank=True)
    pictures = ArrayField(models.TextField(), default=list)
    message = models.CharField(max_length=300, blank=True)
    about_kind = models.CharField(max_length=60, blank=True)
    about = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.GIVEN)
    reason = models.CharField(max_length=60, blank=True)
    staff_id = models.BigIntegerField(null=True)
    done_by = models.BigIntegerField(null=True)
    taps = models.IntegerField(default=0)
    given_at = models.DateTimeField()
    due = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "errand"
        indexes = [
            models.Index(fields=["due", "id"], condition=Q(state="given"), name="errand_open"),
            models.Index(fields=["about_kind", "about"], condition=~Q(about_kind=""), name="errand_about"),
            models.Index(fields=["place", "-id"], name="errand_place"),
            models.Index(fields=["person_id"], condition=Q(person_id__isnull=False), name="errand_person"),
        ]


class ChannelAccount(models.Model):
    """An account of the house on a channel (渠道账号). Its settings are sealed: they hold keys; none once disconnected.

    `name` is what the platform calls us. `occurrence` counts what was told of it, so that each telling is one fact.
    """

    kind = models.CharField(max_length=30, unique=True)
    config_sealed = models.BinaryField(null=True)
    name = models.CharField(max_length=200, blank=True)
    connected_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60, blank=True)
    edition = models.IntegerField(default=0)
    occurrence = models.IntegerField(default=0)

    class Meta:
        db_table = "channel_account"


class ChannelState(models.Model):
    """What a channel must not forget: tokens, cursors. Changed only from the version it read. Sealed: it may be secret."""

    key = models.CharField(max_length=200, unique=True)
    value_sealed = models.BinaryField()
    version = models.BigIntegerField(default=1)

    class Meta:
        db_table = "channel_state"


class RoomPost(models.Model):
    """Something said in one of our own rooms (网页群). `key` is its letter's; `number` counts within the place.

    A post that was taken back keeps its number and says nothing more.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    key = models.BinaryField(max_length=16, unique=True)
    number = models.IntegerField()
    content = models.JSONField(default=dict)
    speaker_person_id = models.BigIntegerField(null=True)
    answers = models.BigIntegerField(default=0)
    about_kind = models.CharField(max_length=60, blank=True)
    about = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    redacted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "room_post"
        constraints = [models.UniqueConstraint(fields=["place", "number"], name="room_post_number")]
        indexes = [
            models.Index(fields=["about_kind", "about"], condition=~Q(about_kind=""), name="room_post_about"),
            models.Index(
                fields=["speaker_person_id"], condition=Q(speaker_person_id__isnull=False), name="room_post_speaker"
            ),
        ]


class InboxLetter(models.Model):
    """A letter to one person in our own pages (站内信)."""

    person_id = models.BigIntegerField()
    key = models.BinaryField(max_length=16, unique=True)
    content = models.JSONField(default=dict)
    about_kind = models.CharField(max_length=60, blank=True)
    about = models.BigIntegerField(default=0)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inbox_letter"
        indexes = [models.Index(fields=["person_id", "-id"], name="inbox_letter_person")]


class SignInLink(models.Model):
    """A link that was sent to a mailbox: it signs its person in on another phone, once. Only a digest of it is kept.

    `mail_sealed`: the mailbox that becomes theirs by opening the link; none where it was theirs before.
    """

    digest = models.BinaryField(primary_key=True)
    person_id = models.BigIntegerField()
    mail_sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sign_in_link"
        indexes = [
            models.Index(fields=["person_id"], name="sign_in_link_person"),
            models.Index(fields=["made_at"], name="sign_in_link_made"),
        ]
