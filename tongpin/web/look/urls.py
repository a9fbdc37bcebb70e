"""Addresses of the frame: included by the wiring as `path("look/", include("tongpin.web.look.urls"))`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.look import views

app_name = "look"
urlpatterns = [
    path("theme", views.theme, name="theme"),
    path("community", views.community, name="community"),
    path("clock", views.clock, name="clock"),
]
