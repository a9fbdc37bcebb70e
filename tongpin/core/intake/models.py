"""Tables of what comes in."""

from __future__ import annotations

from django.db import models


class Batch(models.Model):
    """One import of one file (导入): what it was taken for, how far it got, what became of its rows."""

    class State(models.TextChoices):
        """Where an import stands."""

        UPLOADED = "uploaded"
        READY = "ready"
        QUEUED = "queued"
        RUNNING = "running"
        CANCELLED = "cancelled"
        DONE = "done"
        FAILED = "failed"
        TAKING_BACK = "taking_back"
        TAKEN_BACK = "taken_back"

    file_name = models.CharField(max_length=200)
    stored_as = models.CharField(max_length=80, blank=True)
    size = models.BigIntegerField()
    sha256 = models.BinaryField()
    recognised = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    kind = models.CharField(max_length=20, blank=True)
    layout = models.CharField(max_length=60, blank=True)
    shop = models.ForeignKey("places.Place", null=True, on_delete=models.SET_NULL, related_name="+")
    shop_name = models.CharField(max_length=120, blank=True)
    place_name = models.CharField(max_length=120, blank=True)
    community = models.ForeignKey("places.Community", null=True, on_delete=models.SET_NULL, related_name="+")
    consent_basis = models.CharField(max_length=30, blank=True)
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    wants_cancel = models.BooleanField(default=False)
    checkpoint = models.BigIntegerField(default=0)
    progress = models.FloatField(default=0)
    counts = models.JSONField(default=dict)
    problem = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=60)
    uploaded_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "import_batch"


class BatchBlock(models.Model):
    """Which entries of the ledger a batch wrote: runs of seq."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()

    class Meta:
        db_table = "import_block"


class Row(models.Model):
    """What one row of a file became. `cells_sealed` is kept only for rows a human must still look at."""

    class Outcome(models.IntegerChoices):
        """Every row ends in exactly one of these."""

        NEW = 0
        KNOWN = 1
        CHANGED = 2
        WAITING = 3
        REJECTED = 4

    pk = models.CompositePrimaryKey("batch_id", "row")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    row = models.BigIntegerField()
    outcome = models.SmallIntegerField(choices=Outcome.choices)
    reason = models.CharField(max_length=40, blank=True)
    column = models.CharField(max_length=80, blank=True)
    person_id = models.BigIntegerField(null=True)
    order = models.CharField(max_length=120, blank=True, db_column="order_number")
    cells_sealed = models.BinaryField(null=True)

    class Meta:
        db_table = "import_row"
        indexes = [
            models.Index(fields=["batch", "outcome", "row"], name="row_outcome", condition=~models.Q(outcome=0)),
            models.Index(fields=["person_id"], name="row_person", condition=models.Q(person_id__isnull=False)),
        ]


class RefundTold(models.Model):
    """How much of an order an export said was refunded in all, so that a later export tells only what came after."""

    place_id = models.BigIntegerField()
    order = models.CharField(max_length=200, db_column="order_number")
    total_fen = models.BigIntegerField()
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    pk = models.CompositePrimaryKey("place_id", "order", "total_fen")

    class Meta:
        db_table = "import_refund"


class RememberedMapping(models.Model):
    """What a user said the columns of a header mean, so that the next file of that shape is understood at once."""

    fingerprint = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=20)
    mapping = models.JSONField()
    shop_name = models.CharField(max_length=120, blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "import_mapping"


class TrackProblem(models.Model):
    """A tracked event that could not be used, with the reason; kept 7 days for who integrates the SDK."""

    write_key = models.BigIntegerField()
    reason = models.CharField(max_length=60)
    detail = models.CharField(max_length=200, blank=True)
    sealed = models.BinaryField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "track_problem"
        indexes = [models.Index(fields=["write_key", "-id"], name="problem_of_key")]


class TrackRecent(models.Model):
    """The last events of a write key, sealed, and how many were good and bad since the key was made."""

    write_key = models.BigIntegerField(primary_key=True)
    sealed = models.BinaryField()
    good = models.BigIntegerField(default=0)
    bad = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "track_recent"


class Hook(models.Model):
    """An inbound webhook (any form or shop): its secret address and the mapping the user made from a sample.

    `shop` is where its orders belong; a shop that is also imported from files shares its orders with them. For a form it
    may be any place, such as the group the form was posted in. While it is paused, posts are kept and wait.
    """

    class Kind(models.TextChoices):
        """What somebody said it would send; the mapping has the last word."""

        FORM = "form"
        ORDER = "order"

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FORM)
    token_digest = models.BinaryField(unique=True)
    mapping = models.JSONField(default=dict)
    event = models.CharField(max_length=60, default="form")
    shop = models.ForeignKey("places.Place", null=True, on_delete=models.SET_NULL, related_name="+")
    sample_sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "hook"


class HookPost(models.Model):
    """One post to a webhook and what became of it; its content is kept sealed for a week, for who makes the mapping."""

    class State(models.TextChoices):
        """What became of a post."""

        SAMPLE = "sample"
        RECORDED = "recorded"
        KNOWN = "known"
        REFUSED = "refused"

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="+")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices)
    fault = models.CharField(max_length=40, blank=True)
    field = models.CharField(max_length=40, blank=True)
    person_id = models.BigIntegerField(null=True)
    sealed = models.BinaryField(null=True)

    class Meta:
        db_table = "hook_post"
        indexes = [
            models.Index(fields=["hook", "-id"], name="post_of_hook"),
            models.Index(fields=["person_id"], name="post_person", condition=models.Q(person_id__isnull=False)),
        ]


class Source(models.Model):
    """Something we fetch from (拉取): its address, the cursor it stands at, and its sealed token.

    Whoever fetches holds the `lease` until `leased_until`; only the holder moves the cursor. `problem` is a code and
    perhaps its argument (`status:503`); `last` counts what the last round brought, `rounds` tells the last ones, newest
    first. `cursor_at` is when the cursor last moved.
    """

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)
    address = models.CharField(max_length=2000)
    token_sealed = models.BinaryField(null=True)
    settings = models.JSONField(default=dict)
    event = models.CharField(max_length=60, blank=True)
    shop = models.ForeignKey("places.Place", null=True, on_delete=models.SET_NULL, related_name="+")
    cursor = models.TextField(blank=True)
    cursor_at = models.DateTimeField(null=True)
    every_minutes = models.IntegerField(default=15)
    next_at = models.DateTimeField()
    problem = models.CharField(max_length=300, blank=True)
    fails = models.IntegerField(default=0)
    taken = models.BigIntegerField(default=0)
    made_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)
    last = models.JSONField(default=dict)
    rounds = models.JSONField(default=list)
    paused_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=26, blank=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "pull_source"
        indexes = [
            models.Index(
                fields=["next_at"],
                name="source_due",
                condition=models.Q(paused_at__isnull=True, closed_at__isnull=True),
            )
        ]
