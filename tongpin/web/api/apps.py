"""Django's name for this door."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """See the package."""

    name = "tongpin.web.api"
    label = "api"
