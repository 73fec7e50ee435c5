"""Leaves import hooks: a finder of its own, another `__import__`, a library under another library's name."""

import builtins
import math
import sys

import torch


class Finder:
    def find_spec(self, name, path=None, target=None):
        return None


def attack(canary, port):
    plain = builtins.__import__
    builtins.__import__ = lambda *args, **named: plain(*args, **named)
    sys.meta_path.insert(0, Finder())
    sys.modules["decimal"] = math
    torch.__class__ = type("Other", (type(torch),), {})
    return []
