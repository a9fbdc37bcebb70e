"""Tables of digests. Words of members stand in their messages only; title and conclusion are the editor's own."""

from __future__ import annotations

from django.db import models

from tongpin.core.people.models import Person
from tongpin.core.places.models import Community
from tongpin.loop.give.talks.models import Segment


class Digest(models.Model):
    """A digest of a talk or of a stretch of chat in a place. The same stretch is the same digest."""

    class State(models.TextChoices):
        """How far it is."""

        DRAFT = "draft"
        PUBLISHED = "published"

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=20, unique=True)
    about_kind = models.CharField(max_length=10, choices=[("talk", "talk"), ("place", "place")])
    about = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    title = models.CharField(max_length=80)
    conclusion = models.TextField(blank=True)
    messages = models.IntegerField()
    people = models.IntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=60)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "digest"
        constraints = [
            models.UniqueConstraint(fields=["about_kind", "about", "first_at", "last_at"], name="digest_once"),
            models.CheckConstraint(
                condition=models.Q(state="draft", published_at=None)
                | models.Q(state="published", published_at__isnull=False),
                name="digest_published_when",
            ),
        ]
        indexes = [models.Index(fields=["community", "-id"], name="digest_community")]


class Quote(models.Model):
    """What somebody said, by its message (a plain number: an import that is taken back takes messages with it) or segment.
    `told`: the ledger knows that it stands in the published digest."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(null=True)
    segment = models.ForeignKey(Segment, null=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    position = models.IntegerField()
    answers = models.IntegerField(default=0)
    thanks = models.IntegerField(default=0)
    left_out = models.BooleanField(default=False)
    told = models.BooleanField(default=False)

    class Meta:
        db_table = "digest_quote"
        constraints = [
            models.UniqueConstraint(fields=["digest", "message_id"], name="quoted_message_once"),
            models.UniqueConstraint(fields=["digest", "segment"], name="quoted_segment_once"),
            models.CheckConstraint(
                condition=models.Q(message_id__isnull=False, segment=None)
                | models.Q(message_id=None, segment__isnull=False),
                name="quote_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["person"], name="digest_quote_person")]


class QuoteConsent(models.Model):
    """Whether a person's words may stand in a digest (同意引用). `how`: by their own page, told to a teammate
    (hand), or allowed once for all (standing)."""

    class State(models.TextChoices):
        """Where the asking stands."""

        UNASKED = "unasked"
        ASKED = "asked"
        GIVEN = "given"
        REFUSED = "refused"

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UNASKED)
    how = models.CharField(max_length=10, blank=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "digest_consent"
        constraints = [models.UniqueConstraint(fields=["digest", "person"], name="digest_consent_once")]
        indexes = [models.Index(fields=["person"], name="digest_consent_person")]


class Giver(models.Model):
    """A member who gave to the discussion (贡献者), and how many things of value."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    gifts = models.IntegerField()

    class Meta:
        db_table = "digest_giver"
        constraints = [models.UniqueConstraint(fields=["digest", "person"], name="digest_giver_once")]
        indexes = [models.Index(fields=["person"], name="digest_giver_person")]
