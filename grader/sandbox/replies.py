"""What a process of student code replied, read as an observation.

Owns which replies are believed: student code may write its own to the channel. What the end of a process is called
belongs to `process_end`.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from grader.runner.values import Value
from grader.sandbox.base import Observation, Status

MESSAGE_CHARS = 400
"""A sentence or two in a report."""
_FROM_INSIDE: dict[str, Status] = {
    "returned": "returned",
    "raised": "raised",
    "refused": "refused",
    "absent": "absent",
    "memory": "memory",
}
"""What may be said inside. A timeout or a crash is only ever seen from outside."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def observation(probe: str, reply: Value, files: Collection[str]) -> Observation | None:
    """The reply as an observation; None where `grader.runner.call` never writes such a reply."""
    if not isinstance(reply, dict) or set(reply) != {"status", "value", "message", "where"}:
        return None
    status, message, where = reply["status"], reply["message"], reply["where"]
    if not isinstance(status, str) or not isinstance(message, str) or not isinstance(where, str):
        return None
    if status not in _FROM_INSIDE or (status != "returned" and reply["value"] is not None):
        return None
    place, _, line = where.rpartition(":")
    file = re.sub(r"\.ipynb cell [0-9]{1,5}$", ".ipynb", place)
    known = file in files and re.fullmatch(r"[0-9]{1,7}", line) is not None
    return Observation(probe, _FROM_INSIDE[status], reply["value"], _one_line(message), where if known else "")


def _one_line(text: str) -> str:
    """Student text fit for a message: one line, no control or direction characters, truncated."""
    return _CONTROL.sub(" ", text).strip()[:MESSAGE_CHARS]
