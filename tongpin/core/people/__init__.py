"""People (人): one person, many identities; merges that can be taken back; consent; tags, notes and what we know.

Rows keep the person they were written for; a merge only writes an alias, and everything reads through it.
"""
