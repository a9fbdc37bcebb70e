"""Offers (上架): what can be bought at which price, how much of it there truly is, and what it was really asked for before.

Stock is one number on the offer's row, changed by one conditional UPDATE: it never goes below zero. Every price stands
in an edition of its own, so that a struck-out price is one that was asked.
"""
