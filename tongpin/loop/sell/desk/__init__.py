"""The seller's desk (待办): what of sell waits for somebody of the team, in one look."""
