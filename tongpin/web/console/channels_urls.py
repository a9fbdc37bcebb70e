"""Addresses of the settings of channels; part of the namespace `console`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.console import channels_page

urlpatterns = [
    path("settings/channels/", channels_page.channels, name="channels"),
    path("settings/channels/test/", channels_page.channel_trial, name="channel_trial"),
    path("settings/channels/matrix/registration/", channels_page.matrix_registration, name="matrix_registration"),
    path("settings/channels/<slug:kind>/connect/", channels_page.channel_connect, name="channel_connect"),
    path("settings/channels/<slug:kind>/check/", channels_page.channel_check, name="channel_check"),
    path("settings/channels/<slug:kind>/disconnect/", channels_page.channel_disconnect, name="channel_disconnect"),
]
