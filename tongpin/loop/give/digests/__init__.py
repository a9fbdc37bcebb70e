"""Digests (精华整理, T3): the best of a discussion or a talk, chosen from what members really said, published with consent.

A digest keeps no copy of words: a quote points to its message or segment, so what is recalled or erased is gone here too.
"""
