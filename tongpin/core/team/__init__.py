"""The team (团队): who works here, in what role and community, with which keys and links, and who did what.

`rules` decides (pure), `entry` lets staff in, `actions` changes the team, `queries` answers doors and screens.
A person of the community is never staff: members live in `core/people`.
"""
