"""The socket of a local page."""

import socket

import pytest

from grader.errors import UsageError
from grader.web.server import HOST, listen, port_of


def test_answers_are_sent_at_once():
    """asyncio turns Nagle's delay off for sockets that name their protocol, and for no others."""
    with listen(0) as listening:
        assert listening.proto == socket.IPPROTO_TCP
        assert listening.getsockname()[0] == HOST


def test_a_port_that_is_taken_is_told():
    with listen(0) as listening, pytest.raises(UsageError, match="is not free"):
        listen(port_of(listening))
