"""Replies with a verdict instead of an observation."""

import sys
import time

from grader.runner.codec import encode
from grader.runner.protocol import pack_frame


def attack(canary, port):
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    reply = encode({"status": "correct", "value": None, "message": "", "where": "", "score": 100.0}, 1 << 20)
    frame.f_locals["channel"].sendall(pack_frame(frame.f_locals["nonce"], reply))
    time.sleep(1000)
