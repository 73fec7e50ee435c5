"""Gradescope as a host: the autograder zip, and what runs in its container."""
