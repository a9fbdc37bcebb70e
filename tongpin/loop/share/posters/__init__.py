"""Posters (海报): a picture with a person's own words and the code of their own link, to keep or to send to a friend.

Sending it earns nothing: what a friend buys and keeps may.
"""
