"""Looks up the stack for an expected value or a verdict."""

import sys


def attack(canary, port):
    frame, found = sys._getframe(), []
    while frame:
        found += [name for name in frame.f_locals if any(word in name for word in ("expect", "verdict", "score", "secret"))]
        frame = frame.f_back
    return found
