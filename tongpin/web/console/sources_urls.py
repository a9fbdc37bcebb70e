"""Addresses of the settings' first page, of write keys and of API tokens; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import settings_home, sources, tokens

urlpatterns = [
    path("settings/", settings_home.settings_home, name="settings"),
    path("settings/sources/", sources.keys, name="keys"),
    path("settings/sources/<int:key_id>/", sources.key, name="key"),
    path("settings/sources/<int:key_id>/renew/", sources.key_roll, name="key_roll"),
    path("settings/sources/<int:key_id>/revoke/", sources.key_revoke, name="key_revoke"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
]
