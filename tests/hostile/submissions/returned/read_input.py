"""Waits for somebody to type."""

import sys


def attack(canary, port):
    return sys.stdin.read().splitlines()
