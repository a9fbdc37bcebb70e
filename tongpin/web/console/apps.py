"""Django's name for the console."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """The team's pages."""

    name = "tongpin.web.console"
    label = "console"
    verbose_name = "console"
