"""Django's name for sending."""

from django.apps import AppConfig


class SendingConfig(AppConfig):
    """Sending (发): what goes out, letters and commands, each once."""

    name = "tongpin.core.sending"
    label = "sending"
