"""Writes half a reply and waits."""

import os
import socket
import struct
import time


def attack(canary, port):
    import sys

    frame = sys._getframe()
    while frame and "nonce" not in frame.f_locals:
        frame = frame.f_back
    channel, nonce = frame.f_locals["channel"], frame.f_locals["nonce"]
    channel.send(struct.pack("<4sB16sQ", b"hw11", 1, nonce, 1000) + b"T")
    time.sleep(1000)
