"""Entrances (引流入口): every way in, online or on paper, has its own tracked code, so that its yield can be told.

What an entrance cost and brought is read in `channel_costs`.
"""
