"""Raises an exception whose text is code, endless and wrong."""

import os


class Sly(Exception):
    def __str__(self):
        os.nonexistent()


def attack(canary, port):
    raise Sly
