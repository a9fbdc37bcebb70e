"""The owner's one-time link, printed on the terminal and nowhere else, and what `up` says once all is up."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from tongpin.base.clock import now
from tongpin.core.team.actions import make_owner_link
from tongpin.core.team.queries import owners
from tongpin.wiring.home import home
from tongpin.wiring.run import running


def public_address() -> str:
    """Where people reach this house: as the `up` that runs here was told, which a second terminal cannot know from its
    environment; else as TONGPIN_URL says."""
    up = running(home())
    return (up.address if up else "") or settings.PUBLIC_URL


def print_link() -> int:
    """Prints a link that works once, for 15 minutes."""
    token = make_owner_link(now=now())
    print("店主链接 Owner link (15 分钟内用一次 / once, within 15 minutes):")
    print(f"  {public_address()}{reverse('console:owner', args=[token])}")
    return 0


def greet() -> int:
    """What `up` ends with: a link as long as nobody owns the house; later only how to come in, and no link lies about."""
    if not owners():
        return print_link()
    print(f"登录 Sign in: {public_address()}{reverse('console:sign_in')}")
    print("店主进不来时 If the owner is locked out: bin/tongpin owner-link")
    return 0
