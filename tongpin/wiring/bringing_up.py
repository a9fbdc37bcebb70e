"""Run as a process on a restored database: migrates it and makes it obey the list of the erased."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpin.wiring.settings")
django.setup()

from django.core.management import call_command  # noqa: E402

from tongpin.base.clock import now  # noqa: E402
from tongpin.core.people.erasure import obey_erased_list  # noqa: E402


def main() -> None:
    """Migrations first: the list is obeyed with today's tables."""
    call_command("migrate", interactive=False, verbosity=0)
    obey_erased_list(now=now())


if __name__ == "__main__":
    main()
