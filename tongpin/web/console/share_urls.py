"""Addresses of share; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import share_bonds, share_rewards, share_terms

urlpatterns = [
    path("share/", share_bonds.bonds, name="share"),
    path("share/links/", share_bonds.links, name="share_links"),
    path("share/rewards/", share_rewards.rewards, name="share_rewards"),
    path("share/terms/", share_terms.terms, name="share_terms"),
    path("share/terms/set/", share_terms.terms_set, name="share_terms_set"),
]
