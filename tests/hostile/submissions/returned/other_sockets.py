"""Opens sockets that no network namespace holds: vsock, netlink, raw, Bluetooth."""

import socket


def attack(canary, port):
    found = []
    for family, kind in ((40, socket.SOCK_STREAM), (16, socket.SOCK_RAW), (17, socket.SOCK_RAW), (31, socket.SOCK_RAW), (38, 5)):
        try:
            socket.socket(family, kind)
            found.append(family)
        except OSError:
            pass
    return found
