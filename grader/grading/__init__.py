"""Grading: one submission in one direction, a class on many workers, a student's own preview."""
