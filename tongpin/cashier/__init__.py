"""Payment providers (收款) behind one port. No database, no people."""
