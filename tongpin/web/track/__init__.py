"""The tracking API (埋点): Segment-spec events from anybody's software, at /v1/….

A WSGI application of its own beside Django's: no session, no template, no middleware stands between an event and the ledger.
"""
