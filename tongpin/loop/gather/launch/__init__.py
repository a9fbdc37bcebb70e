"""Launch (开群): what must stand before people come, the doors that open then, and the page people join by.

Nobody is let into an unfinished house: a door opens only when the checklist stands.
"""
