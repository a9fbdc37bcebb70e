"""Addresses of the settings' first page, of what comes in, and of API tokens; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import (
    hooks_list,
    hooks_meanings,
    hooks_page,
    pulls_list,
    pulls_meanings,
    pulls_page,
    settings_home,
    sources,
    tokens,
)

HOOK = "settings/hooks/<int:hook_id>/"
PULL = "settings/pulls/<int:source_id>/"

urlpatterns = [
    path("settings/", settings_home.settings_home, name="settings"),
    path("settings/sources/", sources.keys, name="keys"),
    path("settings/sources/<int:key_id>/", sources.key, name="key"),
    path("settings/sources/<int:key_id>/renew/", sources.key_roll, name="key_roll"),
    path("settings/sources/<int:key_id>/revoke/", sources.key_revoke, name="key_revoke"),
    path("settings/hooks/", hooks_list.hooks, name="hooks"),
    path(HOOK, hooks_page.hook, name="hook"),
    path(f"{HOOK}sample/", hooks_page.hook_sample, name="hook_sample"),
    path(f"{HOOK}meanings/", hooks_meanings.hook_meanings, name="hook_meanings"),
    path(f"{HOOK}again/", hooks_page.hook_again, name="hook_again"),
    path(f"{HOOK}posts/<int:post_id>/drop/", hooks_page.hook_drop, name="hook_drop"),
    path(f"{HOOK}pause/", hooks_page.hook_pause, name="hook_pause"),
    path(f"{HOOK}resume/", hooks_page.hook_resume, name="hook_resume"),
    path(f"{HOOK}renew/", hooks_page.hook_renew, name="hook_renew"),
    path(f"{HOOK}close/", hooks_page.hook_close, name="hook_close"),
    path("settings/pulls/", pulls_list.pulls, name="pulls"),
    path(PULL, pulls_page.pull, name="pull"),
    path(f"{PULL}settings/", pulls_page.pull_settings, name="pull_settings"),
    path(f"{PULL}try/", pulls_meanings.pull_try, name="pull_try"),
    path(f"{PULL}meanings/", pulls_meanings.pull_meanings, name="pull_meanings"),
    path(f"{PULL}start/", pulls_page.pull_start, name="pull_start"),
    path(f"{PULL}pause/", pulls_page.pull_pause, name="pull_pause"),
    path(f"{PULL}close/", pulls_page.pull_close, name="pull_close"),
    path("settings/tokens/", tokens.tokens, name="tokens"),
    path("settings/tokens/<int:token_id>/revoke/", tokens.token_revoke, name="token_revoke"),
]
