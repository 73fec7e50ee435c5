"""Leaves a thread that reads the next question from the channel and answers it in the place of the grader's loop."""

import _thread
import socket
import sys

from grader.runner.codec import encode
from grader.runner.protocol import HEADER_BYTES, pack_frame, unpack_header


def answer(channel):
    while True:
        nonce, length = unpack_header(channel.recv(HEADER_BYTES))
        channel.recv(length)
        reply = {"status": "returned", "value": 42, "message": "", "where": "", "pristine": True}
        channel.sendall(pack_frame(nonce, encode(reply, 1 << 20)))


def attack(canary, port):
    frame = sys._getframe()
    while not isinstance(frame.f_locals.get("channel"), socket.socket):
        frame = frame.f_back
    _thread.start_new_thread(answer, (frame.f_locals["channel"],))
    return []
