"""Live pages (实时): server-sent events. One small ASGI application; no stream holds a database connection."""
