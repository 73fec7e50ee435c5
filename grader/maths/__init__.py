"""Typed mathematics: reading it, comparing it, saying what is wrong with it. Knows nothing of submissions."""
