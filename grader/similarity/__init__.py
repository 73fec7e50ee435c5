"""Similarity of submissions: pairs that are worth a look by a person, with the evidence. Never a verdict."""
