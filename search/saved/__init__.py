"""Searches that people keep: told of what is new in them by mail and by feed."""
