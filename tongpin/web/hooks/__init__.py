"""Inbound webhooks (回调): each has a secret address; what it means is mapped by the user from a sample."""
