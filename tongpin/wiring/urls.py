"""Every address of the product. Each view declares who may come in; the gate refuses what declares nothing."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from tongpin.web.api.api import api
from tongpin.web.look.health import health

urlpatterns = [
    path("", include("tongpin.web.console.urls")),
    path("", include("tongpin.web.member.urls")),
    path("api/", api.urls),
    path("hooks/", include("tongpin.web.hooks.urls")),
    path("health", health),
    path("look/", include("tongpin.web.look.urls")),
    path("f/", include("tongpin.web.look.file_urls")),
    path("language/", set_language, name="set_language"),
]
handler403 = "tongpin.web.look.errors.forbidden"
handler404 = "tongpin.web.look.errors.not_found"
handler500 = "tongpin.web.look.errors.server_error"
