"""Reads address zero."""

import ctypes


def attack(canary, port):
    return ctypes.string_at(0)
