"""The judge: typed answers decided in a process that can be killed.

Owns the worker's life (started once with SymPy imported, limited, killed when it overruns, replaced), the cache
by which equal answers are decided once, and the line protocol of `hw11 equivalent --jsonl`. What a decision
is made of belongs to `grader.maths`.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, TextIO

from grader.errors import JudgeError
from grader.maths.question import Decision, Question, Tolerance

_WALL_SECONDS = 20.0
"""Only for a worker that stopped using CPU time: what decides is the worker's own limit on CPU time."""
_ATTEMPTS = 2
"""A CPU clock can jump on a crowded machine; an answer goes to a person only after a fresh worker failed too."""
_START_SECONDS = 60.0
_MAX_LINE = 8 << 20
_MAX_CACHED = 50_000
_TOO_LONG = Decision("undecided", message="took too long to decide; a person will look")

log = logging.getLogger(__name__)


class Judge:
    """Decides typed answers in one worker process. Use as a context manager; safe to share among threads."""

    def __init__(self) -> None:
        self._worker: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._cache: dict[str, Decision] = {}
        self._ready = False
        self._last_words: IO[bytes] = io.BytesIO()
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def decide(self, question: Question, answer: object, previous: Mapping[str, str] | None = None) -> Decision:
        """Judge one answer; see `grader.maths.judging.decide`.

        Raises:
            JudgeError: the question cannot be used, or the worker cannot be started.
        """
        relevant = dict(previous or {}) if question.follows else {}
        return self._decision({"do": "decide", "answer": _plain(answer), "previous": relevant}, question)

    def read(self, question: Question, answer: object) -> Decision:
        """Only read an answer: "undecided" with its reading, or "invalid".

        Raises:
            JudgeError: the question cannot be used, or the worker cannot be started.
        """
        return self._decision({"do": "read", "answer": _plain(answer)}, question)

    def holds(self, question: Question, statement: str, previous: Mapping[str, str]) -> Decision:
        """Whether an author's statement is true of the student's own answers.

        Raises:
            JudgeError: the question cannot be used, or the worker cannot be started.
        """
        return self._decision({"do": "holds", "statement": statement, "previous": dict(previous)}, question)

    def evaluate(self, question: Question, answer: object, points: Sequence[Mapping[str, str]]) -> list[str | None]:
        """A scalar answer's value at each point, as decimal text; None where it has none.

        Raises:
            JudgeError: the question cannot be used, or the worker cannot be started.
        """
        reply = self._ask({"do": "evaluate", "answer": _plain(answer), "points": [dict(p) for p in points]}, question)
        return [None for _ in points] if reply is None else list(reply["values"])

    def wait(self) -> None:
        """Wait until the worker can answer at once.

        Raises:
            JudgeError: the worker cannot be started.
        """
        with self._lock:
            self._make_ready()

    def close(self) -> None:
        """End the worker and wait for it."""
        with self._lock:
            self._stop()

    def _decision(self, request: dict[str, Any], question: Question) -> Decision:
        key = json.dumps([request, _packed(question)], sort_keys=True)
        if key in self._cache:
            return replace(self._cache[key], seconds=0.0)
        reply = self._ask(request, question)
        if reply is None:
            return _TOO_LONG
        decision = Decision(**reply["decision"])
        if len(self._cache) >= _MAX_CACHED:
            self._cache.clear()
        self._cache[key] = decision
        return decision

    def _ask(self, request: dict[str, Any], question: Question) -> dict[str, Any] | None:
        """The worker's reply; None where it overran its limits, and so did the worker that replaced it."""
        line = json.dumps({**request, "question": _packed(question)}).encode() + b"\n"
        reply = None
        with self._lock:
            for _ in range(_ATTEMPTS):
                self._make_ready()
                reply = self._exchange(line)
                if reply is not None:
                    break
                self._stop()
                self._start()
        if reply is not None and "error" in reply:
            raise JudgeError(str(reply["error"]))
        return reply

    def _start(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(_import_path())}
        command = [sys.executable, "-m", "grader.maths.worker"]
        try:
            self._last_words = tempfile.TemporaryFile()  # noqa: SIM115 — it lives as long as the worker
            self._worker = subprocess.Popen(  # noqa: S603 — nothing of it comes from outside
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._last_words,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            self._last_words.close()
            raise JudgeError(f"the judge's worker cannot be started: {error}") from error
        self._ready, self._lines = False, queue.SimpleQueue()
        threading.Thread(target=_pump, args=(self._worker.stdout, self._lines), daemon=True).start()

    def _make_ready(self) -> None:
        if self._worker is None:
            self._start()
        if not self._ready and self._read_line(_START_SECONDS) != "ready":
            self._stop()
            raise JudgeError("the judge's worker does not start")
        self._ready = True

    def _exchange(self, line: bytes) -> dict[str, Any] | None:
        assert self._worker is not None
        assert self._worker.stdin is not None
        try:
            self._worker.stdin.write(line)
            self._worker.stdin.flush()
        except OSError:
            return None
        reply = self._read_line(_WALL_SECONDS)
        if not reply:
            self._last_words.seek(0)
            said = self._last_words.read().decode(errors="replace")[-2_000:]
            log.warning("the judge's worker ended on a request and is replaced: %s", said or "out of CPU time")
            return None
        decoded: dict[str, Any] = json.loads(reply)
        return decoded

    def _read_line(self, seconds: float) -> str:
        """The next line of the worker; empty when it died or fell silent."""
        try:
            return self._lines.get(timeout=seconds)
        except queue.Empty:
            return ""

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        self._last_words.close()
        if worker.stdin is not None:
            with contextlib.suppress(OSError):
                worker.stdin.close()


def _pump(stream: IO[bytes], lines: queue.SimpleQueue[str]) -> None:
    """Move a worker's lines into a queue until it ends; an empty line marks the end."""
    with stream:
        for line in stream:
            lines.put(line.decode().rstrip("\n"))
    lines.put("")


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
    for name in ("reading", "mistake", "message"):
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
        kind=kind,  # type: ignore[arg-type]  # the judge says which kinds there are
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


def _plain(answer: object) -> object:
    """An answer that JSON can carry; what it cannot is no answer."""
    try:
        json.dumps(answer)
    except (TypeError, ValueError, RecursionError):
        return {}
    return answer


def _packed(question: Question) -> dict[str, Any]:
    from grader.maths.worker import pack

    return pack(question)


def _import_path() -> list[str]:
    """Where the worker finds this package: where it was found here, then as it stands."""
    return [str(Path(__file__).parent.parent), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
