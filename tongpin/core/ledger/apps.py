"""Django's name for the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Entries, feed, readers, parked facts."""

    name = "tongpin.core.ledger"
    label = "ledger"
    verbose_name = "ledger"
