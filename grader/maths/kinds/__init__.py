"""Kinds of typed answers: one file each, found by scanning this folder."""
