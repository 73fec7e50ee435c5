"""Mutation testing: the reference's functions changed mechanically, and how surely the checks see each change."""
