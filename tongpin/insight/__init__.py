"""What facts mean (察): measures over the lake, as Ibis expressions. No Django.

`lake.py` opens one version of the lake, `measures/` holds one module a measure and the table of them all, `orders.py`,
`members.py` and `contributions.py` say once what several measures mean by an order, a member and a gift.
"""
