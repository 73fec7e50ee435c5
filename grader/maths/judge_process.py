"""The judge: typed answers decided in a process that can be killed.

Owns the worker's life: started once with SymPy imported, limited, killed when it overruns, replaced. What a decision
is made of belongs to `grader.maths`; the line protocol of `hw11 equivalent --jsonl` to `grader.maths.jsonl`.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from grader.cache import Cache
from grader.errors import JudgeError, UnusableQuestion
from grader.maths.judge_replies import ANSWERS, READINGS, key_of
from grader.maths.reading.question import Decision, Question, pack

_WALL_SECONDS = 120.0
"""Only for a worker that stopped using CPU time: what decides is the worker's own limit on CPU time."""
_ATTEMPTS = 2
"""A CPU clock can jump on a crowded machine; an answer goes to a person only after a fresh worker failed too."""
_START_SECONDS = 300.0
_TOO_LONG = Decision("undecided", message="took too long to decide; a person will look")

_FRAME = re.compile(r'File "[^"]*?((?:maths|grader)/[^"]+)", line (\d+)')

log = logging.getLogger(__name__)


class _OverranLimits(Exception):
    """A worker overran its limits, and so did the one that replaced it."""


class _WorkerRaisedError(Exception):
    """An exception ended the worker: a fault of ours. Says which and where."""


class Judge(contextlib.AbstractContextManager["Judge"]):
    """Decides typed answers in one worker process. Use as a context manager; safe to share among threads.

    The worker starts with the first question that the cache does not answer, or earlier with `start`.

    Attributes:
        cache: where replies are looked up and held; they are the same for everybody who asks the same.
    """

    def __init__(self) -> None:
        self.cache = Cache()
        self._worker: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._ready = False
        self._stderr: IO[bytes] = io.BytesIO()
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def __exit__(self, *error: object) -> None:
        self.close()

    def decide(self, question: Question, answer: object, previous: Mapping[str, str] | None = None) -> Decision:
        """Judge one answer; see `grader.maths.decide.decide`.

        Raises:
            UnusableQuestion: the question cannot be used.
            JudgeError: the worker cannot be started.
        """
        relevant = dict(previous or {}) if question.follows else {}
        return self._decision({"do": "decide", "answer": _plain(answer), "previous": relevant}, question)

    def read(self, question: Question, answer: object) -> Decision:
        """Only read an answer: "undecided" with its reading, or "invalid".

        Raises:
            UnusableQuestion: the question cannot be used.
            JudgeError: the worker cannot be started.
        """
        return self._decision({"do": "read", "answer": _plain(answer)}, question)

    def holds(self, question: Question, statement: str, previous: Mapping[str, str]) -> Decision:
        """Whether an author's statement is true of the student's own answers.

        Raises:
            UnusableQuestion: the question cannot be used.
            JudgeError: the worker cannot be started.
        """
        return self._decision({"do": "holds", "statement": statement, "previous": dict(previous)}, question)

    def evaluate(self, question: Question, answer: object, points: Sequence[Mapping[str, str]]) -> list[str | None]:
        """A scalar answer's value at each point, as decimal text; None where it has none.

        Raises:
            UnusableQuestion: the question cannot be used.
            JudgeError: the worker cannot be started.
        """
        request = {"do": "evaluate", "answer": _plain(answer), "points": [dict(p) for p in points]}
        try:
            return list(self._reply(request, question)["values"])
        except (_OverranLimits, _WorkerRaisedError):
            return [None for _ in points]

    def start(self) -> None:
        """Let the worker start beside whatever else is done; does not wait for it.

        Raises:
            JudgeError: the worker cannot be started.
        """
        with self._lock:
            if self._worker is None:
                self._start()

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
        try:
            return Decision(**self._reply(request, question)["decision"])
        except _OverranLimits:
            return _TOO_LONG
        except _WorkerRaisedError as error:
            return Decision("undecided", message=f"the judge itself failed ({error}); a person will look")

    def _reply(self, request: dict[str, Any], question: Question) -> dict[str, Any]:
        """The worker's reply, or what was replied to the same before.

        Raises:
            _OverranLimits: two workers in turn overran their limits.
            _WorkerRaisedError: an exception ended the worker; asking again would end the next one too.
        """
        order = _order(request, question)
        return self.cache.get(READINGS if request["do"] == "read" else ANSWERS, key_of(order), lambda: self._ask(order))

    def _ask(self, order: bytes) -> dict[str, Any]:
        reply = None
        with self._lock:
            for _ in range(_ATTEMPTS):
                self._make_ready()
                try:
                    reply = self._exchange(order)
                finally:
                    if reply is None:
                        self._stop()
                        self._start()
                if reply is not None:
                    break
        if reply is None:
            raise _OverranLimits
        if "error" in reply:
            raise UnusableQuestion(str(reply["error"]))
        return reply

    def _start(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(_import_path())}
        command = [sys.executable, "-m", "grader.maths.worker"]
        try:
            self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 — it lives as long as the worker
            self._worker = subprocess.Popen(  # noqa: S603 — nothing of it comes from outside
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            self._stderr.close()
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
            self._stderr.seek(0)
            said = self._stderr.read().decode(errors="replace")[-2_000:]
            log.warning("the judge's worker ended on a request and is replaced: %s", said or "out of CPU time")
            if "Traceback (most recent call last)" in said:
                raise _WorkerRaisedError(_place_of(said))
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
        self._stderr.close()
        if worker.stdin is not None:
            with contextlib.suppress(OSError):
                worker.stdin.close()


def _place_of(traceback: str) -> str:
    """The exception of a printed traceback and the last line of ours in it: `TypeError at maths/decide.py:90`."""
    places = _FRAME.findall(traceback)
    name = re.split(r"[:.\s]", traceback.strip().splitlines()[-1], maxsplit=1)[0]
    return f"{name} at {places[-1][0]}:{places[-1][1]}" if places else name


def _pump(stream: IO[bytes], lines: queue.SimpleQueue[str]) -> None:
    """Move a worker's lines into a queue until it ends; an empty line marks the end."""
    with stream:
        for line in stream:
            lines.put(line.decode().rstrip("\n"))
    lines.put("")


def _order(request: Mapping[str, Any], question: Question) -> bytes:
    """A request as the worker reads it: the same bytes for the same answer to the same question."""
    return json.dumps({**request, "question": pack(question)}, sort_keys=True).encode() + b"\n"


def _plain(answer: object) -> object:
    """An answer that JSON can carry; what it cannot is no answer."""
    try:
        json.dumps(answer)
    except (TypeError, ValueError, RecursionError):
        return {}
    return answer


def _import_path() -> list[str]:
    """Where the worker finds this package: where it was found here, then as it stands."""
    return [str(Path(__file__).parents[2]), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
