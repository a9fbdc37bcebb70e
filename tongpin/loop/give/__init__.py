"""Give 予: value that earns trust 信任."""
