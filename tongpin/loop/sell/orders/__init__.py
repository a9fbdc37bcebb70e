"""Orders (订单): what somebody buys, from placing to receipt or money back, and who it goes to.

Orders know no plays: a play (拼团 …) writes its order with the verbs of `writing` and says when it is ready to be sent.
Rows are taken in one order everywhere: a play's own, the order, its payment, the offer's stock.
"""
