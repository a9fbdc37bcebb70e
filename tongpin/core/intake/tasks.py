"""What the worker can be asked to do for imports. Found by procrastinate under this module's name."""

from __future__ import annotations

from datetime import datetime

from procrastinate import JobContext
from procrastinate.contrib.django import app

from tongpin.base.clock import now
from tongpin.core.intake import jobs
from tongpin.core.intake.hooks import forget_posts
from tongpin.core.intake.models import Source

TEND = "tongpin.core.intake.tend"
PULL = "tongpin.core.intake.pull"
FORGET_POSTS = "tongpin.core.intake.forget_posts"


@app.task(name=jobs.RUN, pass_context=True)
def run_import(context: JobContext, batch_id: int) -> None:
    """Runs an import; when the worker is told to end, it stops behind its last chunk."""
    jobs.run(batch_id=batch_id, stopping=context.should_abort)


@app.task(name=jobs.TAKE_BACK)
def take_back(batch_id: int, actor: str = "", at: str = "") -> None:
    """Withdraws all facts of an import."""
    jobs.take_back(batch_id=batch_id, actor=actor, at=datetime.fromisoformat(at) if at else None)


@app.periodic(cron="* * * * *")
@app.task(name=TEND, queueing_lock=TEND)
def tend(timestamp: int) -> None:
    """Every minute: imports that lost their worker go on; what is kept no longer goes."""
    jobs.tend(at=now())


@app.periodic(cron="* * * * *")
@app.task(name=PULL, queueing_lock=PULL, pass_context=True)
def pull(context: JobContext, timestamp: int) -> None:
    """Every minute: what is due is fetched; when the worker is told to end, it stops behind the page in hand."""
    if Source.objects.filter(next_at__lte=now(), paused_at=None, closed_at=None).exists():
        from tongpin.core.intake.pulling import pull_due  # noqa: PLC0415 - what fetches takes 9 MB: only who has sources pays

        pull_due(stopping=context.should_abort)


@app.periodic(cron="23 * * * *")
@app.task(name=FORGET_POSTS, queueing_lock=FORGET_POSTS)
def forget_old_posts(timestamp: int) -> None:
    """Every hour: posts to webhooks that are kept no longer go."""
    forget_posts(at=now())
