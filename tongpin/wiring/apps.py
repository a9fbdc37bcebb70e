"""Django's name for the wiring, and the moment at which upper layers are made known to lower ones."""

from django.apps import AppConfig


class WiringConfig(AppConfig):
    """Puts the parts together."""

    name = "tongpin.wiring"
    label = "wiring"

    def ready(self) -> None:
        from tongpin.wiring.registrations import register_all  # noqa: PLC0415 - models must be loaded first

        register_all()
