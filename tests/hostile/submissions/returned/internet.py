"""Sends a mark home."""

import socket


def attack(canary, port):
    found = []
    for address in (("1.1.1.1", 53), ("10.0.2.2", 80), ("169.254.169.254", 80)):
        try:
            socket.create_connection(address, timeout=0.3)
            found.append(address[0])
        except OSError:
            pass
    try:
        found.append(str(socket.getaddrinfo("example.com", 80)))
    except OSError:
        pass
    return found
