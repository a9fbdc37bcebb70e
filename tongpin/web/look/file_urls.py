"""Addresses of files: included by the wiring as `path("f/", include("tongpin.web.look.file_urls"))`."""

from __future__ import annotations

from django.urls import path

from tongpin.web.look import files

app_name = "files"
urlpatterns = [
    path("<slug:name>", files.whole, name="whole"),
    path("<slug:name>/small", files.small, name="small"),
]
