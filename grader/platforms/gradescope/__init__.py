"""Gradescope: the autograder zip, and the programs that run in its container."""
