"""Tables of places. Words of messages stand here and nowhere else, so that erasing them is a DELETE."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tongpin.core.people.models import Person


class Community(models.Model):
    """A community (社群): what all its places and members have in common begins with its name."""

    name = models.CharField(max_length=80)
    founded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "community"


class Place(models.Model):
    """Somewhere people are: a group, an official account, a page, a venue, a shop. `assigned` counts how often it was given
    to a community, or to none."""

    class Kind(models.TextChoices):
        """What sort of place."""

        GROUP = "group"
        PRIVATE_CHAT = "private_chat"
        OFFICIAL_ACCOUNT = "official_account"
        PERSONAL_ACCOUNT = "personal_account"
        PAGE = "page"
        VENUE = "venue"
        SHOP = "shop"
        SOFTWARE = "software"

    community = models.ForeignKey(Community, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    platform = models.CharField(max_length=30)
    name = models.CharField(max_length=120)
    external_id = models.CharField(max_length=200, blank=True)
    capacity = models.IntegerField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    assigned = models.IntegerField(default=0, db_default=0)

    class Meta:
        db_table = "place"
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "kind", "external_id"], condition=~models.Q(external_id=""), name="place_external"
            ),
            models.UniqueConstraint(
                fields=["platform", "kind", "name"], condition=models.Q(external_id=""), name="place_named"
            ),
        ]


class Membership(models.Model):
    """A person in a place (成员), as joins and leaves or an export show it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    called = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=30, blank=True)
    joined_at = models.DateTimeField(null=True)
    first_seen_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    occurrence = models.IntegerField(default=1)
    batch = models.BigIntegerField(null=True)

    class Meta:
        db_table = "membership"
        constraints = [models.UniqueConstraint(fields=["place", "person"], name="member_once")]
        indexes = [models.Index(fields=["person"], name="membership_person")]


class Message(models.Model):
    """The words of something said (消息). `key` is the platform's id or a digest, unique in its place."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    words = models.TextField(blank=True)
    said_at = models.DateTimeField()
    reply_to = models.BigIntegerField(null=True)
    thread = models.ForeignKey("Thread", null=True, on_delete=models.SET_NULL, related_name="+")
    recalled_at = models.DateTimeField(null=True)
    batch = models.BigIntegerField(null=True)

    class Meta:
        db_table = "message"
        constraints = [models.UniqueConstraint(fields=["place", "key"], name="message_once")]
        indexes = [
            models.Index(fields=["place", "-said_at", "-id"], name="message_place"),
            models.Index(fields=["person_id", "-said_at"], name="message_person"),
            models.Index(fields=["batch"], name="message_batch", condition=models.Q(batch__isnull=False)),
        ]


class Thread(models.Model):
    """A conversation within a place, where the source tells them apart."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)

    class Meta:
        db_table = "thread"
        constraints = [models.UniqueConstraint(fields=["place", "key"], name="thread_once")]


class FeatureWord(models.Model):
    """What a token hash in the ledger means. Erasing rare words here makes the hash mean nothing."""

    hash = models.BigIntegerField(primary_key=True)
    word = models.CharField(max_length=40)
    places = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "feature_word"


class TrackedCode(models.Model):
    """A tracked link, also drawn as a QR code (活码): what it leads to, and who opened it."""

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=30)
    target_kind = models.CharField(max_length=30)
    target = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "tracked_code"
        indexes = [models.Index(fields=["target_kind", "target"], name="tracked_code_target")]


class CodeOpening(models.Model):
    """One time a tracked link was followed."""

    tracked_code = models.ForeignKey(TrackedCode, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "code_opening"
        indexes = [
            models.Index(fields=["tracked_code", "-opened_at"], name="code_opening_code"),
            models.Index(fields=["person_id"], name="code_opening_person", condition=models.Q(person_id__isnull=False)),
        ]
