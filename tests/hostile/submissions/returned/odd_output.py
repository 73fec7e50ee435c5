"""Prints escape sequences, half characters and HTML."""

import os


def attack(canary, port):
    os.write(1, b"\x1b[2J\xff\xfe<script>alert(1)</script>\x00")
    print("\ud800 lone surrogate")
    return []
