"""Audiences (人群): groups of people by a rule, so that the same list can be looked at, counted and written to again.

A segment holds no people: its rule is asked anew each time, so who is in it is always true now.
"""
