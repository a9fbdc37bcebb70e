"""Addresses other software posts to."""

from __future__ import annotations

from django.urls import path

from tongpin.web.hooks import views

app_name = "hooks"
urlpatterns = [path("<str:secret>", views.take_post, name="take")]
