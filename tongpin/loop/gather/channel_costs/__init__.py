"""Channel costs (渠道成本): what each way in cost, and how many it brought; the cost itself is booked in the books."""
