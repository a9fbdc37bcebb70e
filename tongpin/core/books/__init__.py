"""Books (账): every unit in double entry, summing to zero at every commit; what things cost and what came in besides."""
