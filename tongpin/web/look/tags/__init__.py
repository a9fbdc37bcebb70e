"""The tags by kind: marks (small signs), words (numbers, moments), pieces (parts of a page), forms.

`templatetags/look` gathers them.
"""
