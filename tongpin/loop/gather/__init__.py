"""Gather 聚: like-minded people come in."""
