"""Django's name for places."""

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    """Communities, places, memberships, messages."""

    name = "tongpin.core.places"
    label = "places"
