"""Aborts."""

import os


def attack(canary, port):
    os.abort()
