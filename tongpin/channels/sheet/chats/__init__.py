"""Exported group conversations (群聊记录) become typed values, one by one, in bounded memory.

Two doors: `recognition.recognise` names the format from a file's first bytes, `iteration.iterate` streams what it
holds; `keys` gives every message the same key again when a longer, overlapping export comes.
"""
