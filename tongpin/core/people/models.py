"""Tables of people. Contact data is sealed (`tongpin.base.secrets`); what is plain may be seen by every teammate."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Strength(models.IntegerChoices):
    """How far an identity can be trusted to be one person's."""

    WEAK = 1
    """A device, an order's number: found again, but says nothing of who it is."""
    STRONG = 2
    """A phone, a mail, an openid, a shop account: one person's own."""


class Person(models.Model):
    """Somebody (人). The real name is sealed; the nickname is what everybody calls them."""

    nickname = models.CharField(max_length=120, blank=True)
    grams = ArrayField(models.TextField(), default=list)
    sort_key = models.CharField(max_length=120, blank=True, db_collation="C")
    name_sealed = models.BinaryField(null=True)
    name_index = models.BinaryField(null=True)
    name_masked = models.CharField(max_length=40, blank=True)
    identified = models.BooleanField(default=False)
    internal = models.BooleanField(default=False)
    via = models.CharField(max_length=40, db_collation="C")
    owner = models.BigIntegerField(null=True)
    owner_times = models.IntegerField(db_default=0)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person"
        indexes = [
            GinIndex(fields=["grams"], name="person_grams", fastupdate=True, gin_pending_list_limit=512),
            # The nameless come last in the order of names.
            models.Index(
                models.ExpressionWrapper(models.Q(sort_key=""), output_field=models.BooleanField()),
                "sort_key",
                "id",
                name="person_in_order",
                # Lists walk it: with this they never look at a row to know whether it is only a stone.
                condition=models.Q(erased_at__isnull=True),
            ),
            models.Index(fields=["via", "id"], name="person_via"),
            models.Index(fields=["id"], name="person_stone", condition=models.Q(erased_at__isnull=False)),
            models.Index(fields=["name_index"], name="person_name", condition=models.Q(name_index__isnull=False)),
            models.Index(fields=["owner", "id"], name="person_owner", condition=models.Q(owner__isnull=False)),
        ]


class Identity(models.Model):
    """One way in which a person is known: `kind` within `namespace`, found by a keyed digest of its value."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=30)
    namespace = models.CharField(max_length=60, blank=True)
    digest = models.BinaryField(unique=True)
    sealed = models.BinaryField(null=True)
    shown = models.CharField(max_length=200)
    strength = models.SmallIntegerField(choices=Strength.choices)
    via = models.CharField(max_length=40)
    linked_at = models.DateTimeField()

    class Meta:
        db_table = "identity"


class MemberSession(models.Model):
    """A phone that is signed in at our own pages. Only a digest of its secret is kept."""

    digest = models.BinaryField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "member_session"


class Trait(models.Model):
    """Something told of a person that helps to know them again but never joins them: a masked phone, a masked name."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    shown = models.CharField(max_length=200)
    sealed = models.BinaryField(null=True)
    digest = models.BinaryField()
    via = models.CharField(max_length=40)
    told_at = models.DateTimeField()

    class Meta:
        db_table = "person_trait"
        constraints = [models.UniqueConstraint(fields=["person", "kind", "digest"], name="trait_once")]
        indexes = [models.Index(fields=["digest"], name="trait_digest")]


class LikenessKey(models.Model):
    """Keyed digests under which people who may be the same are found beside each other."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField()

    class Meta:
        db_table = "likeness_key"
        constraints = [models.UniqueConstraint(fields=["digest", "person"], name="likeness_key_once")]


class Merge(models.Model):
    """A decision that two records are one person, and whether it was taken back."""

    kept = models.BigIntegerField()
    gone = models.BigIntegerField()
    reasons = models.JSONField(default=list)
    by = models.CharField(max_length=60)
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "merge"
        indexes = [models.Index(fields=["kept"], name="merge_kept"), models.Index(fields=["gone"], name="merge_gone")]


class PersonAlias(models.Model):
    """`person` is read as `root` since a merge. `into` is the record it was merged into; `root` follows the chain."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, primary_key=True, related_name="+")
    into = models.BigIntegerField()
    root = models.BigIntegerField()
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "person_alias"
        indexes = [models.Index(fields=["root"], name="alias_root"), models.Index(fields=["into"], name="alias_into")]


class Suggestion(models.Model):
    """Two records that may be one person, waiting for a human (待您定). `low` < `high` are person ids."""

    class State(models.TextChoices):
        """What a human said."""

        OPEN = "open"
        MERGED = "merged"
        REFUSED = "refused"

    low = models.BigIntegerField()
    high = models.BigIntegerField()
    score = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "merge_suggestion"
        constraints = [models.UniqueConstraint(fields=["low", "high"], name="suggested_once")]
        indexes = [
            models.Index(fields=["-score", "id"], name="suggestion_open", condition=models.Q(state="open")),
            models.Index(fields=["high"], name="suggestion_high"),
        ]


class Consent(models.Model):
    """What a person agreed to: a purpose on a channel, with the basis on which we hold it (同意)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=30)
    channel = models.CharField(max_length=30)
    basis = models.CharField(max_length=30)
    evidence = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=60, blank=True, db_default="")

    class Meta:
        db_table = "consent"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose", "channel"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="one_consent_in_force",
            )
        ]


class Tag(models.Model):
    """A label (标签). With a rule, it is put on and taken off by that rule and by nobody else."""

    name = models.CharField(max_length=60, unique=True)
    rule = models.JSONField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "tag"


class PersonTag(models.Model):
    """A tag on a person. Taking it off keeps the row, so that it can be counted and put back."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=60)
    put_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    occurrence = models.IntegerField(default=1)

    class Meta:
        db_table = "person_tag"
        constraints = [models.UniqueConstraint(fields=["person", "tag"], name="tag_once")]
        indexes = [models.Index(fields=["tag", "person"], name="tagged", condition=models.Q(taken_at__isnull=True))]


class Note(models.Model):
    """A teammate's words about a person, seen by the team only (笔记)."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    words = models.TextField()
    by = models.BigIntegerField(null=True)
    by_name = models.CharField(max_length=60)
    written_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_note"


class LifeFact(models.Model):
    """Something lasting that is known of a person's life: an address, a birthday, a child's birth month."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    sealed = models.BinaryField()
    digest = models.BinaryField()
    masked = models.CharField(max_length=60)
    via = models.CharField(max_length=40)
    told_at = models.DateTimeField()

    class Meta:
        db_table = "life_fact"
        constraints = [models.UniqueConstraint(fields=["person", "kind", "digest"], name="life_fact_once")]


class Assessment(models.Model):
    """What was last found about a person (评估): a value from 0 to 1, a word, and the evidence it rests on.

    `value` is null where the evidence by weight (`effective`) is under what is `needed`. `told` is what the ledger last
    heard: it hears again when the word, the evidence or the value has moved.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30, db_collation="C")
    value = models.FloatField(null=True)
    word = models.CharField(max_length=30, db_collation="C")
    n = models.IntegerField()
    effective = models.FloatField()
    needed = models.FloatField()
    evidence = models.JSONField(default=list)
    told = models.JSONField(default=list)
    as_of = models.DateTimeField()

    class Meta:
        db_table = "person_assessment"
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="assessed_once")]


class Request(models.Model):
    """A person's wish to have their data handed out or erased, and what became of it. What they asked for themselves
    waits until `due_at`; until then they may call it off."""

    person = models.BigIntegerField()
    wish = models.CharField(max_length=10, choices=[("export", "export"), ("erase", "erase")])
    with_words = models.BooleanField(default=False)
    by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    called_off_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_request"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "wish"],
                condition=models.Q(due_at__isnull=False, called_off_at=None, done_at=None),
                name="one_wish_waits",
            )
        ]


class Purchase(models.Model):
    """An order as a buyer's act, folded from the ledger (投影): made here or brought in, one row an order and shop.

    `items` counts lines. `paid_fen` is what holds now: the latest of the `amendments` (sums by occurrence), else
    `told_fen`; null where the source told no sum (then the lines are all we know). Where the order was `claimed`,
    `before_claim` is who was told as its buyer. `facts` counts the facts behind the row, which goes with the last one.
    """

    place_id = models.BigIntegerField()
    order = models.CharField(max_length=200, db_column="order_number")
    person_id = models.BigIntegerField(null=True)
    placed_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    items = models.IntegerField(default=0)
    items_fen = models.BigIntegerField(default=0)
    returned_fen = models.BigIntegerField(default=0)
    paid_fen = models.BigIntegerField(null=True)
    told_fen = models.BigIntegerField(null=True)
    amendments = models.JSONField(null=True)
    refunds = models.IntegerField(default=0)
    refunded_fen = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="CNY")
    claimed = models.BooleanField(default=False)
    before_claim = models.BigIntegerField(null=True)
    facts = models.IntegerField(default=0)
    pk = models.CompositePrimaryKey("place_id", "order")

    class Meta:
        db_table = "purchase"
        indexes = [
            models.Index(fields=["person_id", "-paid_at"], name="purchase_person"),
            models.Index(fields=["order"], name="purchase_order"),
        ]


class Spending(models.Model):
    """What a person bought in all, their merged records together (投影): paid orders, and money less what went back.

    Sums are of the currency in which they bought most; a row stands for the root of merged records.
    """

    person_id = models.BigIntegerField(primary_key=True)
    orders = models.IntegerField()
    net_fen = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "person_spending"
        indexes = [models.Index(fields=["-net_fen", "-person_id"], name="spending_most")]


class Activity(models.Model):
    """How much of each step the ledger holds about a person, and from when to when (投影).

    `last_day` is the last day on which they did something themselves (`acted`); of who never did, the day we last had
    anything to do with them.
    """

    person_id = models.BigIntegerField(primary_key=True)
    first_at = models.DateTimeField()
    last_day = models.DateField()
    acted = models.BooleanField(default=False)
    gather = models.IntegerField(default=0)
    give = models.IntegerField(default=0)
    sell = models.IntegerField(default=0)
    share = models.IntegerField(default=0)
    other = models.IntegerField(default=0)

    class Meta:
        db_table = "person_activity"
        indexes = [models.Index(fields=["-last_day", "-person_id"], name="activity_recent")]
