"""The server of a local page: it listens on the loopback address alone.

Owns the socket and running the server. Needs the extra that brings uvicorn; importing this module does not.
"""

from __future__ import annotations

import socket

from starlette.types import ASGIApp

from grader.errors import UsageError

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A socket that listens on the loopback address, which nobody else on the network can reach.

    It listens before the links are printed, so that a link that is opened at once waits instead of being refused.

    Args:
        port: 0 takes any that is free.

    Raises:
        UsageError: the port is taken.
    """
    protocol = socket.IPPROTO_TCP  # said, or asyncio would not turn off Nagle's delay: 40 ms for every answer
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} is not free ({error.strerror}): choose another with --port, or 0 for any"
        ) from error
    return listening


def port_of(listening: socket.socket) -> int:
    """The port that a socket listens on."""
    return int(listening.getsockname()[1])


def address(listening: socket.socket) -> str:
    """Where a browser finds what a socket serves, without a slash at the end."""
    return f"http://{HOST}:{port_of(listening)}"


def serve(app: ASGIApp, listening: socket.socket) -> None:
    """Serve an application until it is interrupted."""
    import uvicorn

    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listening])
