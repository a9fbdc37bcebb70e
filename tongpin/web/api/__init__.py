"""The API (接口): people, identities, tags, facts and imports for other software, by token."""
