"""Places (处): communities, groups, pages, venues and shops; who is where; what was said there, with its words."""
