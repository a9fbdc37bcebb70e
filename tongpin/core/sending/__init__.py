"""Sending (发): what goes out, letters and commands, each once."""
