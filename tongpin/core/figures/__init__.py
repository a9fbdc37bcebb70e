"""Figures (数): prepared results of measures, for the screens."""
