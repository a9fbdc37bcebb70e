"""Addresses other software posts to."""

from __future__ import annotations

from django.urls import path

from tongpin.web.hooks import pay, views

app_name = "hooks"
urlpatterns = [
    # Before the secrets: these are typed into a provider's settings and do not change.
    path("pay/<str:kind>/", pay.take_pay, name="pay"),
    path("<str:secret>", views.take_post, name="take"),
]
