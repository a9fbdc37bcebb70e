"""Admission (入群门槛): who asks to come in answers a few questions and agrees to the rules; a teammate lets them in.

Answers are personal words: they stand in a table of their own and go with the person.
"""
