"""Django's name for this door."""

from django.apps import AppConfig


class HooksConfig(AppConfig):
    """See the package."""

    name = "tongpin.web.hooks"
    label = "hooks"
