"""Charter (公约): rules, roles and rituals that stand before people come, and who agreed to which edition.

An edition never changes after it was adopted; who wants other rules adopts a new one.
"""
