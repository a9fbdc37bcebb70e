"""Goods (商品): the product as a noun, with its ids in shops. Price and stock come with the offers."""
