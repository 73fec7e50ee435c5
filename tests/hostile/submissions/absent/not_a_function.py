"""Defines the function as a string."""

attack = "perfect"
