"""What every room must agree on: facts, ledger, people, places, intake."""
