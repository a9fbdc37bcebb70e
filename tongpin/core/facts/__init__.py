"""The vocabulary (事实): every happening Tongpin knows, as frozen structs in the past tense, one module per speaker.

A word is added or changed only with a decision record: the ledger keeps what was said for ever.
`catalogue.py` lists them all, `nouns.py` what they point to, `lake.py` how each one lies in the lake, `sentences/` what
it says to people, `upcasters.py` how an old body is read today.
"""
