"""Every column that holds a person's number, and what erasing that person does to it. A new one must be decided here."""

from __future__ import annotations

import re

import pytest
from django.db import connection

NAME = re.compile(r"(.*_)?person(_ids?)?|kept|gone|low|high|root|into|before_claim")

DELETED = "the row is deleted"
EMPTIED = "the number is taken out, the row stays"
NUMBER = "the number stays: it says nothing once the person is a stone"

FATE = {
    ("person", "id"): "the row stays as a stone without a name",
    ("identity", "person_id"): DELETED,
    ("member_session", "person_id"): DELETED,
    ("person_trait", "person_id"): DELETED,
    ("likeness_key", "person_id"): DELETED,
    ("life_fact", "person_id"): DELETED,
    ("person_note", "person_id"): DELETED,
    ("consent", "person_id"): DELETED,
    ("person_tag", "person_id"): DELETED,
    ("person_assessment", "person_id"): DELETED,
    ("person_alias", "person_id"): DELETED,
    ("person_alias", "into"): DELETED,
    ("person_alias", "root"): DELETED,
    ("merge", "kept"): DELETED,
    ("merge", "gone"): DELETED,
    ("merge_suggestion", "low"): DELETED,
    ("merge_suggestion", "high"): DELETED,
    ("person_request", "person"): NUMBER,
    ("purchase", "person_id"): EMPTIED,
    ("purchase", "before_claim"): EMPTIED,
    ("person_spending", "person_id"): DELETED,
    ("person_activity", "person_id"): DELETED,
    ("entry", "person_id"): NUMBER + "; bodies with free properties are emptied",
    ("entry_person", "person_id"): NUMBER,
    ("membership", "person_id"): DELETED,
    ("charter_acceptance", "person_id"): DELETED,
    ("welcome", "person_id"): DELETED,
    ("application", "person_id"): DELETED + " with every answer",
    ("application", "inviter_id"): EMPTIED,
    ("message", "person_id"): EMPTIED + "; with words they are emptied too",
    ("code_opening", "person_id"): EMPTIED,
    ("payment", "person_id"): NUMBER + "; the law keeps payments, and no name stands there",
    ("shop_order", "person_id"): NUMBER + "; who the parcel goes to is emptied",
    ("shop_order", "introducer_person"): NUMBER,
    ("group_buy", "opened_by_person"): NUMBER,
    ("group_buy_seat", "person_id"): NUMBER,
    ("referral_link", "person_id"): DELETED + ": nobody is bound by it any more",
    ("referral", "newcomer_person"): NUMBER + ", and generations rest on it",
    ("referral", "inviter_person"): NUMBER + ", and generations rest on it",
    ("commission", "introducer_person"): NUMBER + "; the law keeps what was earned",
    ("commission", "buyer_person"): NUMBER,
    ("commission_payout", "person"): NUMBER + "; the number of the transfer is emptied",
    ("poster", "person_id"): DELETED + " with the words they chose",
    ("figure_people", "person_ids"): EMPTIED,
    ("letter", "person_id"): EMPTIED + " without a word or an address",
    ("letter", "speaker_person_id"): EMPTIED + "; with words what was said goes too, and is redacted where it arrived",
    ("command", "person_id"): EMPTIED,
    ("room_post", "speaker_person_id"): EMPTIED + "; with words the post is emptied too",
    ("inbox_letter", "person_id"): DELETED,
    ("sign_in_link", "person_id"): DELETED,
    ("errand", "person_id"): EMPTIED + " without a word",
    ("talk", "guest_person_id"): EMPTIED + " with the name; with words every segment is emptied too",
    ("question", "person_id"): EMPTIED + " with the name; with words the question is emptied too",
    ("talk_hearer", "person_id"): DELETED,
    ("talk_sign_up", "person_id"): DELETED,
    ("stored_file", "person_id"): DELETED + " with its content, unless another gave the same",
    ("digest_quote", "person_id"): DELETED,
    ("digest_consent", "person_id"): DELETED,
    ("digest_giver", "person_id"): DELETED,
    ("import_row", "person_id"): EMPTIED + " with the cells",
    ("hook_post", "person_id"): EMPTIED + " with what was posted",
}


@pytest.mark.django_db
def test_every_column_of_a_person_has_its_fate_under_erasure() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.table_name, c.column_name from information_schema.columns c join pg_class t on t.relname = c.table_name"
            " join pg_namespace n on n.oid = t.relnamespace and n.nspname = c.table_schema"
            " where c.table_schema = 'public' and not t.relispartition and t.relkind in ('r', 'p')"
            " and c.data_type in ('bigint', 'integer', 'ARRAY')"
        )
        columns = set(cursor.fetchall())
        cursor.execute(
            "select t.relname, a.attname from pg_constraint k join pg_class t on t.oid = k.conrelid"
            " join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]"
            " where k.contype = 'f' and k.confrelid = 'person'::regclass"
        )
        tied = set(cursor.fetchall())
    found = {(table, column) for table, column in columns if NAME.fullmatch(column)} | tied | {("person", "id")}
    assert found == FATE.keys()
