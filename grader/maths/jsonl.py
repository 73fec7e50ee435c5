"""The line protocol of `hw11 equivalent --jsonl`: one JSON object in, one out, whatever stands on the line.

Owns what a line may hold and what is said about one that cannot be used. Deciding is the judge's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, BinaryIO, TextIO

from grader.errors import JudgeError
from grader.maths.judge_process import Judge
from grader.maths.reading.question import Question, Tolerance

_MAX_LINE = 8 << 20


def serve_jsonl(stdin: BinaryIO, stdout: TextIO) -> None:
    """Answer `hw11 equivalent --jsonl`: one line out for each line in, in order, flushed, whatever it holds."""
    with Judge() as judge:
        judge.wait()
        while line := stdin.readline(_MAX_LINE):
            while not line.endswith(b"\n") and len(line) == _MAX_LINE and (more := stdin.readline(_MAX_LINE)):
                line = b"{" if not more.endswith(b"\n") and len(more) == _MAX_LINE else b"{\n"
            stdout.write(json.dumps(_reply(judge, line)) + "\n")
            stdout.flush()


def _reply(judge: Judge, line: bytes) -> dict[str, Any]:
    start = time.perf_counter()
    try:
        request = json.loads(line.decode("utf-8"), parse_int=_integer)
    except (ValueError, RecursionError) as error:
        return _invalid(None, f"this line is not JSON: {str(error)[:200]}", start)
    if not isinstance(request, dict):
        return _invalid(None, "a line must hold one JSON object", start)
    identity = request.get("id")
    try:
        json.dumps(identity)
        question = _question(request)
        decision = judge.decide(question, request.get("answer"))
    except (JudgeError, ValueError, TypeError, RecursionError) as error:
        return _invalid(_short(identity), str(error)[:300], start)
    reply: dict[str, Any] = {"id": identity, "verdict": decision.verdict}
    reply["seconds"] = round(time.perf_counter() - start, 6)
    if decision.known == "sampled":
        reply |= {"cells": decision.cells, "points": decision.points}
    for name in ("known", "reading", "mistake", "message"):
        if getattr(decision, name):
            reply[name] = getattr(decision, name)
    return reply


def _question(request: Mapping[str, Any]) -> Question:
    """The question of one line.

    Raises:
        ValueError: a key of the wrong type.
    """
    reference, symbols, kind = request.get("reference"), request.get("symbols"), request.get("kind", "expr")
    if isinstance(reference, int | float) and not isinstance(reference, bool):
        reference = str(reference)
    if not isinstance(reference, str) or not reference.strip():
        raise ValueError("reference must be text")
    if symbols is not None and not isinstance(symbols, dict):
        raise ValueError("symbols must be an object")
    if not isinstance(kind, str):
        raise ValueError("kind must be text")
    identity = request.get("id")
    return Question(
        id=identity.rpartition(".")[2] if isinstance(identity, str) else str(identity)[:40],
        kind=kind,
        reference=reference,
        symbols=symbols or {},
        tolerance=_tolerance(request.get("tolerance")),
        labels=None,
    )


def _tolerance(value: object) -> Tolerance | None:
    if value is None:
        return None
    given = value if isinstance(value, dict) else {"rel": value}
    if set(given) - {"rel", "abs"}:
        raise ValueError('tolerance must be null or {"rel": number}')
    limits: dict[str, float] = {}
    for name, number in given.items():
        if number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < 1e300:
            raise ValueError(f"tolerance {name} must be a number from 0 up")
        limits[name] = float(number)
    return Tolerance(**limits) if limits else None


def _invalid(identity: object, message: str, start: float) -> dict[str, Any]:
    seconds = round(time.perf_counter() - start, 6)
    return {"id": identity, "verdict": "invalid", "seconds": seconds, "message": message}


def _integer(text: str) -> int | str:
    """A JSON integer; one of absurd length stays text, for the reader to refuse."""
    return int(text) if len(text) <= 100 else text


def _short(identity: object) -> object:
    return identity if isinstance(identity, str | int | float | None) else None
