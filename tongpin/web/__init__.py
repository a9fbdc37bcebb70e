"""Doors: console, member pages, tracking, hooks, API."""
