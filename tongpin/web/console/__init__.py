"""The console (控制台): what the team sees and does. Each view makes one call into the core and chooses a page."""
