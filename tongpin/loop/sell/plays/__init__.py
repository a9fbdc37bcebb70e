"""Plays (玩法): ways of buying together. None knows another; each builds on orders and offers."""
