"""What can stop the embedded database from starting; every text says what to do."""


class PostgresError(Exception):
    """The embedded PostgreSQL cannot be used as things are."""


class ClusterBusy(PostgresError):
    """Another process runs this data folder's server; `note` is what it wrote about itself."""

    def __init__(self, note: str) -> None:
        super().__init__(f"The database of this home is already run by another process ({note or 'just starting'}).")
        self.note = note


class StartFailed(PostgresError):
    """PostgreSQL ended before it accepted connections; `tail` holds its last words."""

    def __init__(self, tail: str) -> None:
        super().__init__(f"PostgreSQL did not start. Its last words:\n{tail.strip() or '(none)'}")
        self.tail = tail
