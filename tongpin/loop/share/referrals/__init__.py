"""Referrals (老带新): old customers bring new ones by a link of their own, and it is known who brought whom.

Nothing is given for passing a link on, nor for a head: a referral counts when the newcomer bought and kept it.
"""
