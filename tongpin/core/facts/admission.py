"""Said by admission (入群门槛): applications and what became of them, and members who vouch."""

from __future__ import annotations

from tongpin.core.facts.form import Code, Fact, Fen, PersonId, fact
from tongpin.core.facts.nouns import ApplicationId, BreachId, CommunityId, PaymentId, TrackedCodeId


@fact("admission.applied", key=("application",), step="gather", subject="application", further={"inviter": "inviter"})
class AdmissionApplied(Fact):
    """A person asked to be let in (入群申请). The answers stand in the application."""

    application: ApplicationId
    community: CommunityId
    tracked_code: TrackedCodeId = 0
    inviter: PersonId | None = None
    answers: int = 0


@fact("admission.checked", key=("application", "check"), step="gather", subject="application")
class AdmissionChecked(Fact):
    """A check of an applicant was made: real name, advertiser, double application (核验)."""

    application: ApplicationId
    check: Code
    passed: bool


@fact("admission.fee_paid", key=("application",), step="gather", lane="money", subject="application")
class AdmissionFeePaid(Fact):
    """The entry fee is in (入群费)."""

    application: ApplicationId
    community: CommunityId
    payment: PaymentId
    amount_fen: Fen


@fact("admission.accepted", key=("application",), step="gather", subject="application", further={"inviter": "inviter"})
class AdmissionAccepted(Fact):
    """An applicant is let in (通过审核): by a teammate, or by a rule."""

    application: ApplicationId
    community: CommunityId
    inviter: PersonId | None = None
    by_rule: bool = False


@fact(
    "admission.refused",
    key=("application", "occurrence"),
    step="gather",
    subject="application",
    further={"inviter": "inviter"},
)
class AdmissionRefused(Fact):
    """An applicant is not let in (未通过)."""

    application: ApplicationId
    community: CommunityId
    reason: Code
    inviter: PersonId | None = None
    by_rule: bool = False
    occurrence: int = 1


@fact("admission.reconsidered", key=("application", "occurrence"), step="gather", subject="application")
class AdmissionReconsidered(Fact):
    """A refusal was taken back; the application waits again (重新考虑)."""

    application: ApplicationId
    community: CommunityId
    occurrence: int = 1


@fact("admission.withdrawn", key=("application",), step="gather", subject="application")
class AdmissionWithdrawn(Fact):
    """An applicant took the application back, or never finished it."""

    application: ApplicationId
    community: CommunityId
    reason: Code = ""


@fact("vouch.given", key=("vouch",), step="gather", subject="person", further={"vouched": "vouched"})
class VouchGiven(Fact):
    """A member stands in for somebody they bring (担保)."""

    vouch: int
    community: CommunityId
    vouched: PersonId


@fact("vouch.breached", key=("vouch", "breach"), step="gather", subject="person", further={"vouched": "vouched"})
class VouchBreached(Fact):
    """Somebody broke the rules; it shows on the member who vouched for them."""

    vouch: int
    breach: BreachId
    community: CommunityId
    vouched: PersonId
