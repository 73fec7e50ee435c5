"""Reads a file of the grader by its full path."""

def attack(canary, port):
    try:
        return [open(canary).read()]
    except OSError:
        return []
