"""Who is where now, as core/people asks for it."""

from __future__ import annotations

WHEREABOUTS = """
select m.person_id, m.place_id, l.kind as place_kind, l.name as place_name, l.community_id
from membership m join place l on l.id = m.place_id where m.left_at is null
"""
