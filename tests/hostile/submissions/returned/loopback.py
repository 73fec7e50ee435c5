"""Connects to a port of the grader."""

import socket


def attack(canary, port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5)
        return ["connected"]
    except OSError:
        return []
