"""The mission: gather 聚, give 予, sell 售, share 传. The four rooms never import each other."""
