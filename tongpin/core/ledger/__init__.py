"""The ledger (账本): append-only entries in one order everybody agrees on.

`actions.record` writes one fact in the caller's transaction, `bulk.record_many` thousands. The sequencer turns what has
become visible into the feed; projections and reactions read the feed and keep their place as one number.
"""
