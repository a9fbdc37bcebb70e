"""The worker's process: schedules and long jobs, by procrastinate. Nothing on a hot path defers a job."""

from __future__ import annotations

import asyncio
import logging
import signal

from django.db import InterfaceError, OperationalError, connection
from procrastinate.contrib.django import app

from tongpin.core.intake.jobs import take_up
from tongpin.wiring.collecting import settle

log = logging.getLogger(__name__)


def run() -> None:
    """Runs until SIGTERM or SIGINT; a job in hand gets five seconds, its work is safe to do again."""
    settle()
    try:
        if taken_up := take_up():
            log.info("%s imports go on that lost their worker", taken_up)
    except (OperationalError, InterfaceError) as error:
        log.warning("imports that lost their worker wait a minute: %s", type(error).__name__)
    connection.close()
    asyncio.run(_run())


async def _run() -> None:
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        task = asyncio.create_task(
            worker_app.run_worker_async(
                concurrency=2, install_signal_handlers=False, shutdown_graceful_timeout=5, delete_jobs="successful"
            )
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            log.info("the worker ends")
