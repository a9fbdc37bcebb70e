"""A ledger that really commits, for tests with several connections."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.ledger import crowd


@pytest.fixture
def own_ledger(transactional_db: None) -> Iterator[None]:
    """An empty ledger with the crowd's tables beside it, and empty again for the tests that roll back."""
    with crowd.empty_ledger():
        yield
