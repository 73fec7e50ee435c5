"""Kinds of checks: `base` is the interface, every other file that registers a kind is one kind."""
