"""Django's name for intake."""

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """What comes in."""

    name = "tongpin.core.intake"
    label = "intake"
