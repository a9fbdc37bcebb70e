"""Django's name for give."""

from django.apps import AppConfig


class GiveConfig(AppConfig):
    """Give (予) value first; trust is what comes back."""

    name = "tongpin.loop.give"
    label = "give"
