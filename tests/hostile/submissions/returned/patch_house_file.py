"""Edits the grader inside for the students after."""

import sys


def attack(canary, port):
    found = []
    for name in [name for name in sys.modules if name.startswith("grader")]:
        try:
            open(sys.modules[name].__file__, "a").close()
            found.append(name)
        except (OSError, TypeError):
            pass
    return found
