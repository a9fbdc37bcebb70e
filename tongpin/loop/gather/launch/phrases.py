"""Words for codes of the launch: code → (English, Chinese)."""

from __future__ import annotations

TO_DO: dict[str, tuple[str, str]] = {
    "positioning": (
        "Write down the one thing members do together, and who the ideal member is",
        "写下大家一起做的那一件事，和理想成员",
    ),
    "rules": ("Adopt a charter with at least one rule", "定公约，至少一条群规"),
    "welcome": ("Plan the welcome with at least one step", "安排入群仪式，至少一步"),
    "threshold": ("Decide what applicants are asked; nothing is fine too", "定好申请要答的问题，不问也算"),
    "place": ("Open at least one place", "至少建一个群或触点"),
    "roles": ("Say which roles there are", "定角色"),
    "rituals": ("Agree on a ritual", "定一个仪式"),
    "content": ("Say where content comes from", "定内容来源"),
    "goal": ("Set a goal", "定目标"),
    "plan": ("Make a plan", "定计划"),
    "entrance": ("Make an entrance with its own code", "建一个带活码的入口"),
}
"""What an item of the checklist asks for."""
