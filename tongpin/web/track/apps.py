"""Django's name for the tracking door."""

from django.apps import AppConfig


class TrackConfig(AppConfig):
    """Segment-spec events."""

    name = "tongpin.web.track"
    label = "track"
