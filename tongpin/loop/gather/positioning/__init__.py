"""Positioning (定位): the one thing members do together, for whom, and how the community differs from others.

The canvas is kept in editions: what was said of the community at any time can be read again.
"""
