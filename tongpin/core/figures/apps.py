"""Django's name for figures."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    """Figures (数): prepared results of measures, for the screens."""

    name = "tongpin.core.figures"
    label = "figures"
