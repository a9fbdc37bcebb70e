"""A platform that exists in memory only (tests): it records, and fails, dawdles or slows us where it is told to."""
