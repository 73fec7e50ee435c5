"""Submissions: files (`archive`), typed answers (`answers`), and both together (`load`)."""
