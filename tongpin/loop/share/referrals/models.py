"""Tables of referrals. Orders and communities are plain numbers: they belong to other rooms or stand below."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tongpin.core.places.models import TrackedCode


class ReferralLink(models.Model):
    """A person's own link (专属链接) to something: one for each."""

    person_id = models.BigIntegerField()
    code = models.OneToOneField(TrackedCode, on_delete=models.PROTECT, related_name="+")
    target_kind = models.CharField(max_length=30)
    target = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        db_table = "referral_link"
        constraints = [
            models.UniqueConstraint(fields=["person_id", "target_kind", "target"], name="referral_link_once"),
        ]


class Referral(models.Model):
    """Who brought whom (绑定). It stays for good, also when a link is long gone.

    `counts_from`: until then what the newcomer bought may be returned. `occurrence` counts the orders it qualified by,
    `returned` names those that were given back: none of them qualifies it again.
    """

    newcomer = models.BigIntegerField(unique=True, db_column="newcomer_person")
    inviter = models.BigIntegerField(db_column="inviter_person")
    tracked_code = models.BigIntegerField(default=0)
    community = models.BigIntegerField(default=0)
    generation = models.IntegerField()
    bound_at = models.DateTimeField()
    occurrence = models.IntegerField(default=0)
    order = models.CharField(max_length=60, blank=True)
    returned = ArrayField(models.CharField(max_length=60), default=list)
    qualified_at = models.DateTimeField(null=True)
    counts_from = models.DateTimeField(null=True)
    disqualified_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30, blank=True)

    class Meta:
        db_table = "referral"
        constraints = [
            models.CheckConstraint(condition=~Q(newcomer=F("inviter")), name="referral_of_another"),
            models.CheckConstraint(condition=Q(generation__gte=1), name="referral_generation"),
        ]
        indexes = [models.Index(fields=["inviter", "-id"], name="referral_inviter")]
