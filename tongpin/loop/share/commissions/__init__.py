"""Commissions (佣金): whoever brought a buyer gets a part of what stays sold, right to the fen.

On sales only, never for a head; one generation. Held until the goods can no longer be returned, taken back if they are.
"""
