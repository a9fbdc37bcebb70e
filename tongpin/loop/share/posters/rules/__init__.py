"""What stands on a poster, and how it is drawn: the same words always make the same picture."""
