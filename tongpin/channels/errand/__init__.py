"""A human as channel (待转发): what no software may do, such as writing into a plain WeChat group, becomes a to-do."""
