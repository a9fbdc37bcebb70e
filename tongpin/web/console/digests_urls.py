"""Addresses of digests; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import digests_cards, digests_list, digests_page

DIGEST = "give/digests/<int:digest_id>/"

urlpatterns = [
    path("give/digests/", digests_list.digests, name="digests"),
    path(DIGEST, digests_page.digest, name="digest"),
    path(f"{DIGEST}ask/", digests_page.digest_ask, name="digest_ask"),
    path(f"{DIGEST}people/<int:person_id>/", digests_page.digest_consent, name="digest_consent"),
    path(f"{DIGEST}quotes/<int:quote_id>/", digests_page.digest_quote, name="digest_quote"),
    path(f"{DIGEST}cards/<int:errand_id>/copied/", digests_cards.card_copied, name="digest_card_copied"),
    path(f"{DIGEST}cards/<int:errand_id>/done/", digests_cards.card_done, name="digest_card_done"),
    path(f"{DIGEST}publish/", digests_page.digest_publish, name="digest_publish"),
    path("give/talks/<int:talk_id>/digest/", digests_list.digest_of_talk, name="digest_of_talk"),
]
