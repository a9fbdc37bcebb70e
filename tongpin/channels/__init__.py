"""The street: translators to and from platforms behind one port. No database, no people."""
