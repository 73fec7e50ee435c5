"""Fills the buffers of connections to itself, which lie in the kernel."""

import socket


def attack(canary, port):
    found = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            try:
                with socket.socket(family, kind) as end:
                    end.bind((address, 0))
                    found.append([int(family), int(kind)])
            except OSError:
                pass
    return found
