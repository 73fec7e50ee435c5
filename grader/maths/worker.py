"""The judge's process: one JSON request per line in, one JSON reply per line out, until the input ends.

Owns the limits that the operating system enforces: memory, and CPU time per request, after which the process
dies and its parent replaces it. Holds no state that a request could leave behind. Run as
`python -m grader.maths.worker`.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from grader.maths.comparing import proof
from grader.maths.decide import QuestionError, decide, evaluate, holds, read
from grader.maths.reading.question import Decision, Question, unpack

CPU_SECONDS = 2.0
"""For one attempt: the judge makes two, and promises an end within five seconds."""
PROOF_CPU_SECONDS = 0.5
MEMORY_MIB = 1_536


def answer_request(request: Mapping[str, Any]) -> dict[str, Any]:
    """One reply: `{"decision": …}`, `{"values": …}`, or `{"error": …}` for a question that cannot be used."""
    try:
        question = unpack(request["question"])
        match request["do"]:
            case "decide":
                return _reply(decide(question, request["answer"], request["previous"]))
            case "read":
                return _reply(read(question, request["answer"]))
            case "holds":
                return _reply(holds(question, request["statement"], request["previous"]))
            case "evaluate":
                return {"values": evaluate(question, request["answer"], request["points"])}
        return {"error": "unknown request"}
    except QuestionError as error:
        return {"error": str(error)}
    except MemoryError:
        return _reply(Decision("undecided", message="needs too much memory; a person will look"))


def _reply(decision: Decision) -> dict[str, Any]:
    return {"decision": asdict(decision)}


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    limit = MEMORY_MIB << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _cpu_limit() -> Callable[[float], None]:
    """What starts (and with 0 stops) a CPU clock that kills this process even inside one long operation."""
    if sys.platform == "win32":
        return lambda seconds: None
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    return lambda seconds: (signal.setitimer(signal.ITIMER_PROF, seconds), None)[1]


def main() -> None:
    """Answer requests until the input ends."""
    _limit_memory()
    limit = _cpu_limit()
    proof.limit_cpu(PROOF_CPU_SECONDS)
    warm = Question("", "expr", "log(x*y) + x/y", {"x": {"positive": True}, "y": {"positive": True}})
    decide(warm, "log x + log y + x/y")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        limit(CPU_SECONDS)
        reply = answer_request(request)
        limit(0)
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
