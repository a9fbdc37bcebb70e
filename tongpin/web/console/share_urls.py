"""Addresses of share; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import share_bonds, share_payouts, share_rewards, share_terms

urlpatterns = [
    path("share/", share_bonds.bonds, name="share"),
    path("share/links/", share_bonds.links, name="share_links"),
    path("share/rewards/", share_rewards.rewards, name="share_rewards"),
    path("share/rewards/<int:person_id>/pay/", share_payouts.pay, name="share_pay"),
    path("share/payouts/", share_payouts.paid, name="share_payouts"),
    path("share/payouts/<int:payout_id>/back/", share_payouts.payout_back, name="share_payout_back"),
    path("share/payouts/<int:payout_id>/returned/", share_payouts.payout_returned, name="share_payout_returned"),
    path("share/terms/", share_terms.terms, name="share_terms"),
    path("share/terms/set/", share_terms.terms_set, name="share_terms_set"),
]
