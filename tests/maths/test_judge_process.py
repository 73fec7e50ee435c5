"""The judge's process: killed and replaced, cached, the same answer twice; and the line protocol."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict

import pytest

from grader.errors import JudgeError
from grader.maths import judge_process as judge_module
from grader.maths.jsonl import serve_jsonl
from grader.maths.judge_process import Judge
from grader.maths.reading.question import Alternative, Decision, Mistake, Question, Tolerance, pack, unpack

SIZES = {name: {"positive": True, "integer": True} for name in ("m", "k", "l")}
BYTES = Question("p.bytes", "expr", "4*k*(m+l)", SIZES, secret=b"s")


@pytest.fixture(scope="module")
def own():
    """A judge whose worker tests may end; each finds it able to answer."""
    with Judge() as judge:
        yield judge


def test_it_decides_reads_evaluates_and_checks_identities(judge):
    assert judge.decide(BYTES, "4k(m+l)").verdict == "equal"
    assert judge.read(BYTES, "4k(m+l)").verdict == "undecided"
    assert judge.evaluate(BYTES, "4k(m+l)", [{"m": "1", "k": "2", "l": "3"}]) == ["32.0"]
    assert judge.holds(BYTES, "2*half = 4*k", {"half": "2k"}).verdict == "equal"


def test_a_question_travels_whole():
    question = Question(
        id="p.f",
        kind="quantity",
        reference="1",
        symbols={"k": {"matrix": ["m", 1]}},
        tolerance=Tolerance(0.1, 2.0),
        within=(1.0, 2.0),
        unit="s",
        percent=True,
        alternatives=(Alternative("2", Tolerance(0.5)), Alternative("3")),
        mistakes=(Mistake("4", "says", 0.5),),
        follows="a*b",
        follow_reference="5",
        secret=b"\xff",
        labels=None,
    )
    assert unpack(json.loads(json.dumps(pack(question)))) == question


def test_a_question_that_cannot_be_used_is_no_fault_of_a_student(judge):
    with pytest.raises(JudgeError, match="unknown kind"):
        judge.decide(Question("p.f", "essay", "x"), "x")
    with pytest.raises(JudgeError, match="cannot be used"):
        judge.decide(Question("p.f", "expr", "(("), "x")
    with pytest.raises(JudgeError, match="no right answer"):
        judge.decide(Question("p.f", "expr", ""), "1")
    assert judge.decide(BYTES, "4k(m+l)").verdict == "equal"


def test_equal_answers_are_decided_once(judge, monkeypatch):
    first = judge.decide(BYTES, "4k(m+l)")
    monkeypatch.setattr(judge, "_ask", None)
    again = judge.decide(BYTES, "4k(m+l)", {"unrelated": "1"})
    assert (again.verdict, again.reading) == ("equal", first.reading)


def test_what_one_judge_replied_another_need_not_work_out(own):
    asked = [
        own.decide(BYTES, "4k(m+l)"),
        own.decide(BYTES, "k"),
        own.read(BYTES, "4k(m+l)"),
        own.holds(BYTES, "2*half = 4*k", {"half": "2k"}),
    ]
    points = own.evaluate(BYTES, "4k(m+l)", [{"m": "1", "k": "2", "l": "3"}])
    replies = own.cache.take_new()
    assert len(replies) == 5
    other = Judge()  # not started: whatever it had to ask would start it
    other.cache.publish(replies)
    again = [
        other.decide(BYTES, "4k(m+l)"),
        other.decide(BYTES, "k"),
        other.read(BYTES, "4k(m+l)"),
        other.holds(BYTES, "2*half = 4*k", {"half": "2k"}),
    ]
    assert asked == again
    assert other.evaluate(BYTES, "4k(m+l)", [{"m": "1", "k": "2", "l": "3"}]) == points
    assert other._worker is None
    assert other.cache.take_new() == {}


def test_a_reply_is_new_once(judge):
    judge.cache.take_new()
    judge.decide(BYTES, "4k(m+l) + 0")
    judge.decide(BYTES, "4k(m+l) + 0")
    assert len(judge.cache.take_new()) == 1
    assert judge.cache.take_new() == {}


def test_an_answer_that_was_given_up_is_held_but_not_stored(monkeypatch):
    """Another day, or another machine, may decide it."""
    given_up = {"decision": asdict(Decision("undecided", message="too hard"))}
    judge = Judge()
    asked = []
    monkeypatch.setattr(judge, "_ask", lambda order: asked.append(order) or given_up)
    for _ in range(2):
        assert judge.decide(BYTES, "k").verdict == "undecided"
    assert len(asked) == 1
    assert judge.cache.take_new() == {}


def test_previous_answers_count_where_the_question_follows_from_them(judge):
    question = Question("p.f", "expr", "4*k", SIZES, follows="4*params")
    assert judge.decide(question, "4m", {"params": "m"}).follows
    assert judge.decide(question, "4m", {"params": "l"}).verdict == "different"


def test_a_worker_that_dies_is_replaced_and_asked_again(own):
    own.wait()
    os.kill(own._worker.pid, signal.SIGKILL)
    assert own.decide(BYTES, "4k(m+l) + 1 - 1").verdict == "equal"


def test_a_worker_that_never_answers_is_killed_and_replaced(own, monkeypatch):
    own.wait()
    start = own._start

    def start_with_patience():
        monkeypatch.undo()
        start()

    monkeypatch.setattr(judge_module, "_WALL_SECONDS", 1.0)
    monkeypatch.setattr(own, "_start", start_with_patience)
    os.kill(own._worker.pid, signal.SIGSTOP)
    assert own.decide(BYTES, "2k").verdict == "different"


def test_an_answer_on_which_two_workers_die_goes_to_a_person(own, monkeypatch):
    make_ready = own._make_ready

    def start_and_kill():
        make_ready()
        os.kill(own._worker.pid, signal.SIGKILL)

    monkeypatch.setattr(own, "_make_ready", start_and_kill)
    decision = own.decide(BYTES, "4k(m+l) + 2 - 2")
    assert (decision.verdict, "a person will look" in decision.message) == ("undecided", True)
    monkeypatch.undo()
    assert own.decide(BYTES, "4k(m+l) + 2 - 2").verdict == "equal"


def test_an_exception_in_a_worker_is_a_fault_of_ours_with_its_place(own, monkeypatch):
    monkeypatch.setattr(judge_module, "_order", lambda request, question: b'{"do": "decide"}\n')
    decision = own.decide(BYTES, "4k(m+l) + 3 - 3")
    assert decision.verdict == "undecided"
    assert "the judge itself failed (KeyError at " in decision.message
    assert "maths/worker.py:" in decision.message
    monkeypatch.undo()
    assert own.decide(BYTES, "4k(m+l) + 3 - 3").verdict == "equal"


def test_a_worker_that_cannot_start_is_a_fault_of_ours(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(JudgeError, match="cannot be started"), Judge() as judge:
        judge.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="the system has no CPU clock that ends a process")
def test_a_process_that_computes_too_long_is_ended_by_the_system():
    code = "from grader.maths.worker import _cpu_limit; _cpu_limit()(0.1); 7 ** (10**9)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert done.returncode == -signal.SIGPROF


def test_threads_may_share_it(judge):
    answers = [f"4k(m+l) + {number} - {number}" for number in range(12)]
    verdicts = {}

    def ask(answer):
        verdicts[answer] = judge.decide(BYTES, answer).verdict

    threads = [threading.Thread(target=ask, args=(answer,)) for answer in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(verdicts.values()) == {"equal"}
    assert len(verdicts) == len(answers)


LINE = {"id": "row 1", "reference": "4*k", "answer": "4k", "format": "text", "kind": "expr",
        "symbols": {"k": {"positive": True}}, "tolerance": None}  # fmt: skip


def replies(*lines):
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    out = io.StringIO()
    serve_jsonl(io.BytesIO(raw), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_one_line_out_for_each_line_in_and_in_order():
    answers = ["4k", "5k", "4k(", r"\frac{8k}{2}", "k+k+k+k"]
    got = replies(*({**LINE, "id": number, "answer": answer} for number, answer in enumerate(answers)))
    assert [reply["id"] for reply in got] == [0, 1, 2, 3, 4]
    assert [reply["verdict"] for reply in got] == ["equal", "different", "invalid", "equal", "equal"]
    assert all(reply["seconds"] >= 0 for reply in got)
    assert (got[0]["reading"], got[3]["reading"]) == ("4 k", "8 k/2")
    assert "missing at the end" in got[2]["message"]
    assert got[1]["mistake"] == got[1]["message"] == "off by a constant factor 5/4"


HOSTILE_LINES = {
    "empty": b"",
    "not JSON": b"hello",
    "not UTF-8": b"\xff\xfe",
    "a list": b"[1, 2]",
    "null": b"null",
    "no keys": b"{}",
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "a long integer": b'{"id": 1, "reference": "4", "answer": ' + b"9" * 10_000 + b"}",
    "a long line": b"x" * (9 << 20),
    "a million characters": {**LINE, "answer": "k" * 10**6},
    "a hundred thousand brackets": {**LINE, "answer": "(" * 10**5},
    "NUL": {**LINE, "answer": "4\x00k"},
    "lone surrogate": {**LINE, "answer": "4k\ud800"},
    "no answer": {key: value for key, value in LINE.items() if key != "answer"},
    "answer of another type": {**LINE, "answer": {"k": 4}},
    "NaN": {**LINE, "answer": float("nan")},
    "unknown kind": {**LINE, "kind": "essay"},
    "kind of another type": {**LINE, "kind": ["expr"]},
    "reference of another type": {**LINE, "reference": None},
    "unreadable reference": {**LINE, "reference": "(("},
    "symbols of another type": {**LINE, "symbols": ["k"]},
    "bad symbol": {**LINE, "symbols": {"k": 5}},
    "bad matrix": {**LINE, "symbols": {"k": {"matrix": [1]}}},
    "bad aliases": {**LINE, "symbols": {"k": {"aliases": "kk"}}},
    "bad constraint": {**LINE, "symbols": {"k": {}, "_constraints": ["k > ("]}},
    "bad constraints": {**LINE, "symbols": {"k": {}, "_constraints": "k > 1"}},
    "bad tolerance": {**LINE, "tolerance": {"rel": "wide"}},
    "negative tolerance": {**LINE, "tolerance": {"rel": -1}},
}


def test_odd_lines_are_invalid_with_a_message_and_the_next_line_is_answered():
    got = replies(*(line for odd in HOSTILE_LINES.values() for line in (odd, LINE)))
    assert len(got) == 2 * len(HOSTILE_LINES)
    for name, odd, plain in zip(HOSTILE_LINES, got[::2], got[1::2], strict=True):
        assert (name, odd["verdict"], bool(odd["message"])) == (name, "invalid", True)
        assert plain["verdict"] == "equal"
    assert [got[2 * place]["id"] for place in range(6)] == [None] * 6


WHAT_A_LINE_MAY_HOLD = [
    ({"symbols": None, "reference": "4", "answer": "2^2"}, "equal"),
    ({"reference": 4, "answer": 4, "symbols": {}}, "equal"),
    ({"tolerance": {"rel": 0.1}, "kind": "number", "reference": "10", "answer": "10.9"}, "equal"),
    ({"tolerance": {"rel": 0.1}, "kind": "number", "reference": "10", "answer": "11.1"}, "different"),
    ({"kind": "quantity", "reference": "2 GB", "answer": "2000 MB"}, "equal"),
    ({"kind": "quantity", "reference": "2 GB", "answer": "2"}, "invalid"),
    ({"kind": "set", "reference": "1-3", "answer": [1, 2, 3]}, "equal"),
    ({"kind": "matrix", "reference": "k", "symbols": {"k": {"matrix": ["a", 2]}}, "answer": "k^T"}, "different"),
    ({"answer": "N_opt = 4k"}, "equal"),
    ({"answer": "k = 4k"}, "different"),
    ({"answer": "kk = 4k"}, "different"),
    ({"symbols": {"k": {}, "_constraints": ["k > 0"]}, "reference": "abs(k)", "answer": "k"}, "equal"),
    ({"id": {"any": ["thing"]}}, "equal"),
]


def test_what_a_line_may_hold():
    got = replies(*({**LINE, **changed} for changed, _ in WHAT_A_LINE_MAY_HOLD))
    assert [reply["verdict"] for reply in got] == [verdict for _, verdict in WHAT_A_LINE_MAY_HOLD]
