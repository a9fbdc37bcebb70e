"""Stand-in servers of platforms we cannot reach. Imports base only."""
