"""Answers its own question twice, the second time for the question after."""

import sys

from grader.runner.codec import encode
from grader.runner.protocol import pack_frame


def attack(canary, port):
    frame = sys._getframe()
    while "nonce" not in frame.f_locals:
        frame = frame.f_back
    reply = encode({"status": "returned", "value": 42, "message": "", "where": ""}, 1 << 20)
    frame.f_locals["channel"].sendall(2 * pack_frame(frame.f_locals["nonce"], reply))
    import time

    time.sleep(1000)
