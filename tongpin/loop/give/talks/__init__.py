"""Talks (嘉宾分享): a guest speaks from a phone, and every word reaches every group at once.

Web and Matrix places take each segment by themselves; a plain group, which no software may write to, gets one card
before and one after, and hands its exported chat in afterwards.
"""
