"""Pure values everything may use: money, clock, ids, text, secrets, and the only door to the outside."""
