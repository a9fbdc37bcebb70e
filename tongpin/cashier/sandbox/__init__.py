"""A test gateway (沙箱) inside the product: a merchant tries the whole loop before there is a real provider.

No money moves. Its own till page calls `Sandbox.decide`; charges stay in the StateStore that was handed in, one entry
each with its refunds and notices, so that every change is one compare-and-set.
"""
