"""Autograders of other platforms: one submission at a time is graded in the platform's container."""
