"""Fills the buffers of Unix sockets, as large as they can be made."""

import socket


def attack(canary, port):
    ends, total = [], 0
    try:
        while True:
            ends.append(socket.socketpair())
            for option in (socket.SO_SNDBUF, 32):
                try:
                    ends[-1][0].setsockopt(socket.SOL_SOCKET, option, 1 << 30)
                except OSError:
                    pass
            ends[-1][0].setblocking(False)
            try:
                while True:
                    total += ends[-1][0].send(bytes(1 << 16))
            except BlockingIOError:
                continue
    except OSError:
        return [] if total < 1 << 26 else [total]
