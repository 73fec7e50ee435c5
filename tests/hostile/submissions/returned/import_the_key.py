"""Imports what only the grader has."""

import importlib


def attack(canary, port):
    found = []
    for name in ("reference", "grader.checks", "grader.maths", "grader.assignment", "grader.sandbox", "grader.gradebook", "reports"):
        try:
            importlib.import_module(name)
            found.append(name)
        except ImportError:
            pass
    return found
