"""Matrix rooms: letters go out and what is said comes in, as an application service of a homeserver.

Rooms are not encrypted: a house that relays and moderates has to read. What comes encrypted is left out.
"""
