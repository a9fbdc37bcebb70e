"""Tables and exported conversations: a file somebody uploads becomes typed rows, one by one, in bounded memory.

`reading` opens a file by its bytes; `recognise` says what table it is and what each column means; `iterating` gives the
rows of `rows.py`; `writing` hands rejected rows back. `layouts/` holds the platforms' headers, `chats/` conversations.
No database, no people, no clock: every moment and zone comes in.
"""
