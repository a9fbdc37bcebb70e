"""Money (收款): who was asked to pay for what, what providers say about it, what was given back, and what does not agree."""
