"""Who works in the house of the tests: 晴姐 owns it, 老周 manages, 小满 operates, 阿静 helps, 算盘 counts."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.hashers import make_password

from tongpin.core.team.models import Grant, Staff
from tongpin.core.team.rules import Actor, Held, Role

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
PASSWORD = "three green teapots"
NAMES: dict[Role, str] = {
    "owner": "晴姐",
    "manager": "老周",
    "operator": "小满",
    "assistant": "阿静",
    "analyst": "算盘",
    "viewer": "看客",
}


def hire(*roles: Held, login: str = "", name: str = "", joined: bool = True) -> Staff:
    """A teammate with these roles, who knows PASSWORD."""
    login = login or (f"{roles[0].role}-{roles[0].community_id or 'house'}" if roles else "nobody")
    staff = Staff.objects.create(
        login=login,
        display_name=name or (NAMES[roles[0].role] if roles else "路人"),
        password=make_password(PASSWORD if joined else None),
        created_at=BEGAN,
        joined_at=BEGAN if joined else None,
    )
    Grant.objects.bulk_create(
        Grant(staff=staff, role=one.role, community_id=one.community_id, granted_at=BEGAN) for one in roles
    )
    return staff


def acting(staff: Staff) -> Actor:
    """Them, doing something from an office."""
    return Actor("staff", staff.pk, "203.0.113.0/24")
