"""What a file was taken for, and what a person says about it."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.web.console.shop_files import HEAD, LEDGER, at_work, chat, imported, orders, table, uploaded, url
from tongpin.core.intake.models import Batch
from tongpin.core.intake.recognising import table_found
from tongpin.core.people.models import Person
from tongpin.core.places.models import Community
from tongpin.core.team.rules import Held

pytestmark = pytest.mark.django_db


def meaning_of(batch: Batch, title: str) -> str:
    batch.refresh_from_db()
    return next(column.meaning.value for column in table_found(batch).columns if column.title == title)


def test_the_page_says_what_was_recognised_and_hides_the_middle_of_contact_data(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    page = at_work(Held("operator")).get(url("import_columns", batch.pk)).text
    assert "of 10 columns understood" in page
    assert ("138****2716" in page, "13800002716" in page) == (True, False)
    assert ("林**" in page, "林小美" in page) == (True, False)


def test_a_changed_meaning_reads_the_file_anew_and_sends_only_the_part_to_a_script(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    asked = {"kind": "orders", "shop_name": "乐乐绘本馆", f"c{HEAD.index('备注3')}": "tags"}
    answer = at_work(Held("operator")).post(url("import_columns", batch.pk), asked, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text.lstrip().startswith('<form id="recognised"')) == (200, True)
    assert '<option value="tags" selected>' in answer.text
    assert meaning_of(batch, "备注3") == "tags"
    assert batch.mapping == {"备注3": "tags"}


def test_without_a_script_the_same_form_leads_back_or_on(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    client = at_work(Held("operator"))
    back = client.post(url("import_columns", batch.pk), {"kind": "", "shop_name": "乐乐绘本馆", "go": "read"})
    on = client.post(url("import_columns", batch.pk), {"kind": "", "shop_name": "乐乐绘本馆", "go": "preview"})
    assert (back.headers["Location"], on.headers["Location"]) == (
        url("import_columns", batch.pk),
        url("import_preview", batch.pk),
    )


def test_a_shop_that_lacks_is_asked_for_and_holds_the_way_on(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon, shop="")
    client = at_work(Held("operator"))
    assert "Say which shop it is from" in client.get(url("import_columns", batch.pk)).text
    answer = client.post(url("import_columns", batch.pk), {"kind": "", "shop_name": "", "go": "preview"})
    assert answer.headers["Location"] == url("import_columns", batch.pk)
    assert client.get(url("import_preview", batch.pk)).headers["Location"] == url("import_columns", batch.pk)


def test_a_ledger_is_named_and_told_what_to_do_instead(noon: datetime) -> None:
    batch = uploaded(table(*LEDGER), at=noon)
    client = at_work(Held("operator"))
    page = client.get(url("import_columns", batch.pk)).text
    assert "This is a ledger with balances, not orders" in page
    assert "Export the order list instead." in page
    assert client.post(url("import_start", batch.pk)).headers["Location"] == url("import_columns", batch.pk)
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == ("uploaded", 0)


def test_what_is_no_table_at_all_says_so(noon: datetime) -> None:
    batch = uploaded(b"\xff\xd8\xff\xe0 a picture", at=noon)
    page = at_work(Held("operator")).get(url("import_columns", batch.pk)).text
    assert "Not a table and not a chat" in page


def test_a_column_that_is_not_there_changes_nothing(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    client = at_work(Held("operator"))
    batch.refresh_from_db()
    before = dict(batch.recognised)
    client.post(url("import_columns", batch.pk), {"kind": "", "shop_name": "乐乐绘本馆", "c0": "no_such_meaning"})
    batch.refresh_from_db()
    assert batch.recognised == before
    assert "There is no column called 订单编号 any more." in client.get(url("import_columns", batch.pk)).text


def test_a_chat_with_unknown_columns_is_read_by_what_the_person_says(noon: datetime) -> None:
    rows = [["什么时候", "哪个人", "讲了啥"], ["2026-11-01 20:00:11", "阿禾", "大家好"]]
    batch = uploaded(table(*rows), at=noon)
    client = at_work(Held("operator"))
    client.post(url("import_columns", batch.pk), {"kind": "messages"})
    page = client.get(url("import_columns", batch.pk)).text
    assert "It is not clear which column holds what" in page
    asked = {
        "kind": "messages", "place_name": "绘本 2 群", "f_time": "什么时候", "f_text": "讲了啥", "f_sender_name": "哪个人",
        "go": "preview",
    }  # fmt: skip
    answer = client.post(url("import_columns", batch.pk), asked)
    assert answer.headers["Location"] == url("import_preview", batch.pk)
    assert "大家好" in client.get(url("import_preview", batch.pk)).text


def test_of_several_conversations_only_those_that_were_chosen_come_in(noon: datetime) -> None:
    head = ["localId", "TalkerId", "Type", "SubType", "IsSender", "CreateTime", "Status", "StrContent", "StrTime",
            "Remark", "NickName", "Sender"]  # fmt: skip
    rows = [
        [str(i), str(t), "1", "0", "0", str(1_790_000_000 + i), "2", f"第 {i} 句", "2026-09-21 22:13:20", f"群 {t}",
         f"群 {t}", f"wxid_abcdefgh{i:04}"]
        for i, t in enumerate((1, 1, 2, 2))
    ]  # fmt: skip
    batch = uploaded(table(head, *rows), at=noon, shop="")
    client = at_work(Held("operator"))
    batch.refresh_from_db()
    labels = batch.recognised["chat"]["conversations"]
    assert len(labels) == 2
    page = client.get(url("import_columns", batch.pk)).text
    assert "Several conversations in one file" in page
    client.post(url("import_columns", batch.pk), {"kind": "messages", "only": [labels[0]]})
    batch.refresh_from_db()
    assert (batch.state, batch.mapping) == ("ready", {"only": [labels[0]]})


def test_a_group_of_a_chat_keeps_its_own_number_unless_somebody_names_it(noon: datetime) -> None:
    batch = uploaded(chat(), at=noon, shop="")
    client = at_work(Held("operator"))
    page = client.get(url("import_columns", batch.pk)).text
    assert 'placeholder="绘本 2 群"' in page
    client.post(url("import_columns", batch.pk), {"kind": "messages", "place_name": ""})
    batch.refresh_from_db()
    assert (batch.state, batch.place_name) == ("ready", "")


def test_consent_is_none_unless_it_is_declared(noon: datetime) -> None:
    batch = uploaded(orders(), at=noon)
    client = at_work(Held("operator"))
    client.post(url("import_columns", batch.pk), {"kind": "", "shop_name": "乐乐绘本馆"})
    batch.refresh_from_db()
    assert batch.consent_basis == ""
    client.post(url("import_columns", batch.pk), {"kind": "", "shop_name": "乐乐绘本馆", "consent_basis": "asked"})
    batch.refresh_from_db()
    assert batch.consent_basis == "asked"
    refused = client.post(url("import_columns", batch.pk), {"kind": "", "consent_basis": "everything"})
    batch.refresh_from_db()
    assert (refused.status_code, batch.consent_basis) == (422, "asked")


def test_an_operator_of_one_community_keeps_the_file_in_it(noon: datetime) -> None:
    own = Community.objects.create(name="绘本妈妈营", founded_at=noon)
    other = Community.objects.create(name="晨跑团", founded_at=noon)
    batch = uploaded(orders(), at=noon, community=own)
    client = at_work(Held("operator", own.pk))
    for asked, status in (({}, 302), ({"community": ""}, 302), ({"community": str(other.pk)}, 422)):
        answer = client.post(url("import_columns", batch.pk), {"kind": "", "shop_name": "乐乐绘本馆", **asked})
        batch.refresh_from_db()
        assert (answer.status_code, batch.community_id) == (status, own.pk)
    assert "晨跑团" not in client.get(url("import_columns", batch.pk)).text


def test_the_same_bytes_again_are_told_of(noon: datetime) -> None:
    imported(orders(), at=noon)
    again = uploaded(orders(), at=noon)
    page = at_work(Held("operator")).get(url("import_columns", again.pk)).text
    assert "The same file was imported on" in page


def test_an_import_that_began_cannot_be_described_any_more(noon: datetime) -> None:
    batch = imported(orders(), at=noon)
    client = at_work(Held("operator"))
    answer = client.post(url("import_columns", batch.pk), {"kind": "customers", "shop_name": "别家"})
    batch.refresh_from_db()
    assert (answer.headers["Location"], batch.shop_name) == (url("import", batch.pk), "乐乐绘本馆")


def test_the_columns_of_wide_and_narrow_files_cost_the_same_queries(noon: datetime) -> None:
    Community.objects.create(name="绘本妈妈营", founded_at=noon)
    client = at_work(Held("operator"))
    numbers = []
    for width in (1, 3):
        rows = [
            [*HEAD, *(f"另{i}" for i in range(width))],
            ["A1", "小美", "", "", "绘本", "1", "9", "交易成功", "2026-10-22", ""],
        ]
        batch = uploaded(table(*rows), at=noon)
        client.get(url("import_columns", batch.pk))
        with CaptureQueriesContext(connection) as asked:
            client.get(url("import_columns", batch.pk))
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 20


def test_json_that_is_no_chat_is_refused_with_words(noon: datetime) -> None:
    batch = uploaded(json.dumps([{"a": 1}]).encode(), at=noon)
    assert batch.problem
    page = at_work(Held("operator")).get(url("import_columns", batch.pk)).text
    assert "chip-warn" in page
