"""Words for codes of the launch and the doors: code → (English, Chinese)."""

from __future__ import annotations

WHY_NOT: dict[str, tuple[str, str]] = {
    "not_open_yet": (
        "We are still preparing; the doors are not open yet.",
        "社群还在筹备，暂未开放。",
    ),
    "shut": ("We take nobody in at the moment.", "目前暂停进人。"),
    "by_invitation": (
        "We take in who is brought by a member. Ask a member for their link.",
        "目前由成员邀请加入，请向成员要一个邀请链接。",
    ),
    "seeds_only": (
        "We are open to the first few who were asked. Come back later.",
        "目前只对受邀的首批成员开放，请过些时候再来。",
    ),
    "ended": ("This community has ended.", "这个社群已经结束。"),
}
"""Why nobody may ask to be let in this way (admission.rules.may_apply, and a community that ended)."""

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
