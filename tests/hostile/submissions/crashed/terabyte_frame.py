"""Announces a reply of a terabyte."""

import struct
import sys


def attack(canary, port):
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["channel"].sendall(struct.pack("<4sB16sQ", b"hw11", 1, frame.f_locals["nonce"], 1 << 40))
    import time

    time.sleep(1000)
