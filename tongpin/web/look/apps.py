"""Django's name for the shared look."""

from django.apps import AppConfig


class LookConfig(AppConfig):
    """Templates, tags, static files and translations."""

    name = "tongpin.web.look"
    label = "look"
    verbose_name = "look"
