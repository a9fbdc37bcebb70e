"""Share 传: satisfied members bring the next people."""
