"""Leaves without a word."""

import os


def attack(canary, port):
    os._exit(0)
