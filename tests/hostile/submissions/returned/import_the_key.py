"""Imports what only the grader has."""

import importlib


def attack(canary, port):
    found = []
    for name in ("reference", "grader.checks", "grader.judge", "grader.problem", "grader.sandbox", "grader.store", "reports"):
        try:
            importlib.import_module(name)
            found.append(name)
        except ImportError:
            pass
    return found
