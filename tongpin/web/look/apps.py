"""Django's name for the shared look."""

from django.apps import AppConfig

from tongpin.web.look.field_words import speak_plainly


class LookConfig(AppConfig):
    """Templates, tags, static files and translations."""

    name = "tongpin.web.look"
    label = "look"
    verbose_name = "look"

    def ready(self) -> None:
        """Fields say in our words what is wrong with them."""
        speak_plainly()
