"""What is kept of the judge's replies, and what a reply depends on, by which equal answers are decided once."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from grader.cache import Namespace


def key_of(order: bytes) -> str:
    """What a reply depends on: the request, and the versions of what decides."""
    return sha256(_versions() + order).hexdigest()


@cache
def _versions() -> bytes:
    return f"{platform.python_version()} {version('hw11')} {version('sympy')} ".encode()


def _pack(reply: Mapping[str, Any]) -> bytes:
    return json.dumps(reply).encode()


def _is_decided(reply: Mapping[str, Any]) -> bool:
    """Whether trying again cannot do better."""
    return bool(reply.get("decision", {}).get("verdict") != "undecided")


ANSWERS: Namespace[dict[str, Any]] = Namespace("answers", _pack, json.loads, is_final=_is_decided, shared=True)
READINGS: Namespace[dict[str, Any]] = Namespace("answers", _pack, json.loads, shared=True)
"""Of answers that are only read, which are never decided."""
