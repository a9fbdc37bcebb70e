"""Group buy (拼团): so many together by a true deadline at a lower price, or everybody has the money back.

The group's row counts seats taken and seats held; whoever changes them first has the seat. Goods for all seats are set
aside when the group opens, so a group that fills can always be sent.
"""
