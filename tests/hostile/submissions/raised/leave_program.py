"""Ends the program politely."""

import sys


def attack(canary, port):
    sys.exit(0)
