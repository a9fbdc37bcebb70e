"""The icons of the console: outlines of @tabler/icons, built into one sprite. An icon always has a word beside it."""

from __future__ import annotations

_NAMES = """
    alert-circle alert-triangle arrow-back-up arrow-down arrow-left arrow-merge arrow-right arrows-split ban
    brand-wechat bulb calendar check checks chevron-down clipboard-list clock cloud-off copy database device-mobile
    dots download edit external-link eye eye-off file-spreadsheet file-text filter gift hand-finger heart help
    history id info-circle key keyboard language link list lock logout mail map-pin message message-circle
    message-heart microphone moon note paperclip phone photo player-pause player-play plug-connected-x plus qrcode
    receipt refresh search send settings shield-check shield-lock shopping-bag speakerphone stack-2 star sun tag
    trash upload user user-plus users users-group webhook world x
"""
ICONS = frozenset(_NAMES.split())
