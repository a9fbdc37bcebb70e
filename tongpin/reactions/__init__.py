"""Consequences across rooms as one readable table: fact → functions, in lanes."""
