"""Sell 售: trust becomes purchases and repeat purchases."""
