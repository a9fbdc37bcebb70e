"""Tongpin (同频): community marketing as one closed loop.

Gather (聚), give (予), sell (售), share (传), on one ledger of facts about people.
Imports go downhill only; `.importlinter` is part of the design.
"""
