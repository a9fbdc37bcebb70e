"""Digests follow talks that end and consents that are taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.loop.give.digests.test_actions import FIRST, HOUR, LIN, chat, shown
from tests.loop.give.talks.cast import GUEST, community, live, plain_group, somebody
from tests.reactions.test_keep_launch_lists import entry_of
from tongpin.core.people.consents import give_consent, withdraw_consent
from tongpin.loop.give.digests.actions import publish, write_up
from tongpin.loop.give.digests.models import Digest, QuoteConsent
from tongpin.loop.give.talks.actions import end
from tongpin.reactions.keep_digests import draft_digest, quote_no_more

pytestmark = pytest.mark.django_db


def allow(person: int, at: datetime) -> None:
    give_consent(
        person_id=person, purpose="publish_words", channel="any", basis="form", actor=f"person:{person}", at=at
    )


def test_a_talk_that_ended_has_a_draft_once_and_a_silent_one_none(noon: datetime) -> None:
    here, mei = community(noon), somebody(noon)
    group = plain_group("绘本 1 群", noon, of=here)
    talk, begun = live(noon, [group], community_id=here)
    chat(group, begun + timedelta(minutes=1), (mei, FIRST))
    end(talk_id=talk, at=begun + HOUR, actor=GUEST)
    for _ in range(2):
        draft_digest(entry_of("talk.ended"))
    assert list(Digest.objects.values_list("about_kind", "about")) == [("talk", talk)]
    silent, begun = live(noon, [], community_id=here)
    end(talk_id=silent, at=begun + HOUR, actor=GUEST)
    draft_digest(entry_of("talk.ended"))
    assert Digest.objects.count() == 1


def test_who_allowed_it_once_for_all_need_not_be_asked_and_can_end_it(noon: datetime) -> None:
    here, mei = community(noon), somebody(noon)
    group = plain_group("绘本 1 群", noon, of=here)
    allow(mei, noon)
    talk, begun = live(noon, [group], community_id=here)
    chat(group, begun + timedelta(minutes=1), (mei, FIRST))
    end(talk_id=talk, at=begun + HOUR, actor=GUEST)
    draft_digest(entry_of("talk.ended"))
    digest = Digest.objects.get().pk
    assert list(QuoteConsent.objects.values_list("state", "how")) == [("given", "standing")]
    write_up(digest_id=digest, title="怎么读", conclusion="先让孩子自己翻。", actor=LIN)
    publish(digest_id=digest, at=begun + HOUR, actor=LIN)
    assert [words for _, words in shown(digest)] == [FIRST]
    withdraw_consent(person_id=mei, purpose="publish_words", channel="any", actor=f"person:{mei}", at=begun + HOUR)
    quote_no_more(entry_of("consent.withdrawn"))
    assert shown(digest) == []


def test_another_consent_taken_back_leaves_the_quotes(noon: datetime) -> None:
    mei = somebody(noon)
    give_consent(person_id=mei, purpose="promotion", channel="any", basis="form", actor=f"person:{mei}", at=noon)
    withdraw_consent(person_id=mei, purpose="promotion", channel="any", actor=f"person:{mei}", at=noon)
    quote_no_more(entry_of("consent.withdrawn"))
    assert QuoteConsent.objects.count() == 0
