"""Django's name for audiences."""

from django.apps import AppConfig


class AudiencesConfig(AppConfig):
    """Segments of people by rule."""

    name = "tongpin.core.audiences"
    label = "audiences"
