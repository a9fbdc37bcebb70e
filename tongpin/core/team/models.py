"""The team's tables. Secrets stand here only as digests or encrypted."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac


class Staff(AbstractBaseUser):
    """Someone who works here (同事)."""

    login = models.CharField(max_length=80, unique=True)
    display_name = models.CharField(max_length=80)
    language = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    totp_secret = models.BinaryField(null=True)
    totp_since = models.DateTimeField(null=True)
    totp_last_step = models.BigIntegerField(default=0)
    epoch = models.IntegerField(default=0)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = BaseUserManager()

    class Meta:
        db_table = "team_staff"

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Counting `epoch` up ends every session of this person, as a new password does."""
        return salted_hmac(
            "tongpin.core.team.session", f"{self.password}\x1f{self.epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Grant(models.Model):
    """A role in one community, or (no community) in the whole house."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    role = models.CharField(max_length=20)
    community_id = models.BigIntegerField(null=True)
    granted_at = models.DateTimeField()
    granted_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "team_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "role", "community_id"], nulls_distinct=False, name="grant_given_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="owner") | models.Q(community_id__isnull=True), name="owner_of_the_whole_house"
            ),
        ]


class RecoveryCode(models.Model):
    """A code that stands in once for the second step (恢复码)."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    digest = models.BinaryField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "team_recovery_code"
        constraints = [models.UniqueConstraint(fields=["staff", "digest"], name="recovery_code_once")]


class Visit(models.Model):
    """A signed-in session: where from, on what, how it began."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    how = models.CharField(max_length=20)
    device = models.CharField(max_length=60, blank=True)
    place = models.CharField(max_length=50, blank=True)

    class Meta:
        db_table = "team_visit"


class TryCount(models.Model):
    """Tries at a door within a span of time. `digest` stands for whom or where they are counted."""

    kind = models.CharField(max_length=10)
    digest = models.BinaryField()
    count = models.IntegerField()
    since = models.DateTimeField()

    class Meta:
        db_table = "team_try_count"
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="tries_counted_once")]


class Pass(models.Model):
    """A link with few rights (凭链接): an owner link, an invitation, or a view for someone who is not staff."""

    digest = models.BinaryField(unique=True)
    kind = models.CharField(max_length=20)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    rights = ArrayField(models.CharField(max_length=40), default=list)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_count = models.IntegerField(default=0)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "team_pass"
        indexes = [models.Index(fields=["kind", "subject_kind", "subject_id"], name="pass_by_subject")]


class WriteKey(models.Model):
    """A key with which a site or a server sends events. A browser's key is public, so it is shown for ever."""

    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=80)
    namespace = models.CharField(max_length=40)
    digest = models.BinaryField(unique=True)
    public = models.CharField(max_length=60, blank=True)
    hint = models.CharField(max_length=8)
    origins = ArrayField(models.CharField(max_length=200), default=list)
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    replaced_id = models.BigIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "team_write_key"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="browser") | models.Q(kind="server", public=""), name="server_key_is_secret"
            )
        ]


class KeyVersion(models.Model):
    """One row, counted up whenever a key changes, so that processes know when to forget what they cached."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "team_key_version"


class ApiToken(models.Model):
    """A token of a teammate's program: never more rights than the teammate has at the moment of use."""

    staff = models.ForeignKey(Staff, models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.BinaryField(unique=True)
    hint = models.CharField(max_length=8)
    rights = ArrayField(models.CharField(max_length=40))
    community_ids = ArrayField(models.BigIntegerField(), null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "team_api_token"


class AuditLine(models.Model):
    """Who did what to what (审计). Written, never changed: a trigger refuses UPDATE and DELETE."""

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    place = models.CharField(max_length=50, blank=True)
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "team_audit_line"
        indexes = [
            models.Index(fields=["actor_kind", "actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["subject_kind", "subject_id", "-id"], name="audit_by_subject"),
        ]
