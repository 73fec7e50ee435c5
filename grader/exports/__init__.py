"""Grades on their way out: one file for each format, which registers itself."""
