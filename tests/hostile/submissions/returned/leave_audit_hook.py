"""Leaves an audit hook, which cannot be removed, and answers every look at names with yes."""

import math
import sys


class Anything:
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


def attack(canary, port):
    sys.addaudithook(lambda event, args: None)
    math.pi = Anything()
    return []
