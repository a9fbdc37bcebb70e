"""Welcome (入群仪式): greeted, rules read, how it works, introduced, a first act; in this order, for each newcomer.

A community says its own words to each step. Who is on the way keeps the steps they began with.
"""
