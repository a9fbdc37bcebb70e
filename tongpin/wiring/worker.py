"""The worker's process: schedules and long jobs, by procrastinate, and beside them all letters and commands on their way
out. Nothing on a hot path defers a job."""

from __future__ import annotations

import asyncio
import logging
import signal

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import translation
from procrastinate.contrib.django import app

from tongpin.core.intake.jobs import take_up
from tongpin.reactions.phrases import channel_texts
from tongpin.wiring.collecting import settle
from tongpin.wiring.delivering import Delivering

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
    """Jobs and delivering end together: whichever stops by a bug ends the process, and the supervisor starts it anew."""
    stop = asyncio.Event()
    with translation.override(settings.LANGUAGE_CODE):
        texts = channel_texts()
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        jobs = asyncio.create_task(
            worker_app.run_worker_async(
                concurrency=2, install_signal_handlers=False, shutdown_graceful_timeout=5, delete_jobs="successful"
            )
        )
        letters = asyncio.create_task(Delivering(texts=texts).run(stop=stop))
        loop = asyncio.get_running_loop()

        def end() -> None:
            stop.set()
            jobs.cancel()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        await asyncio.wait({jobs, letters}, return_when=asyncio.FIRST_COMPLETED)
        bidden = stop.is_set()
        end()
        for outcome in await asyncio.gather(jobs, letters, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome
        if not bidden:
            raise RuntimeError("a part of the worker ended by itself")
        log.info("the worker ends")
