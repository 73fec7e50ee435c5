"""A small homework with words in it, a class that answered, and people who mark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_browser import ORIGIN, Browser, local_access

from grader.assignment.load import load_assignment
from grader.gradebook import Gradebook
from grader.gradebook.pending import entry_key
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict
from grader.results.effective import in_force
from grader.review.app import Application
from grader.review.service import ReviewService
from grader.web.access import LocalAccess

RUBRIC = (("names the *cause*", 1.0), ("says what follows", 0.5), ("gives an example", 0.5))
PROBLEM = """\
id: w
title: Words
symbols: {{a: positive real, b: positive real}}
parts:
  - id: wa
    title: A rectangle
    prompt: |
      A rectangle has the sides $a$ and $b$. How large is it, and why does nothing else matter for that?
    points: {points}
    fields:
      area:
        kind: expr
        points: 1
        asks: The area.
        expect: reference.words:area
      twice:
        kind: expr
        points: 1
        asks: Twice the area.
        expect: reference.words:twice
        after: area
      why:
        kind: text
        points: {why}
        asks: Why does nothing else matter?
        rubric:
{rubric}
        full: Unit squares fill it in rows, so the number of rows times their length is all there is to count.
        empty: It is so because the formula says that it is so and nothing more.
        evidence: [unit squares, rows]
      more:
        kind: text
        points: 1
        asks: What else?
        rubric: [{{earns: says something else, points: 1}}]
        full: Something else entirely.
        empty: Nothing.
"""
FILES = {
    "problems/assignment.yaml": "title: Words and areas\n",
    "reference/__init__.py": "",
    "reference/words.py": "def area():\n    return 'a*b'\n\n\ndef twice():\n    return '2*a*b'\n",
}


def write_homework(root: Path, rubric: Sequence[tuple[str, float]] = RUBRIC) -> Path:
    """The assignment with this rubric for `wa.why`."""
    items = "\n".join(f"          - {{earns: '{earns}', points: {points:g}}}" for earns, points in rubric)
    why = sum(points for _, points in rubric)
    problem = PROBLEM.format(points=f"{why + 3:g}", why=f"{why:g}", rubric=items)
    for name, text in {**FILES, "problems/words.yaml": problem}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def record_of(submission: str, checks: Mapping[str, Mapping[str, Any]], **facts: Any) -> GradeRecord:
    """A record with these checks, by id; what waits for a person is worth what its question is."""
    made = []
    for id_, given in checks.items():
        verdict = given.get("verdict", Verdict.NEEDS_REVIEW)
        made.append(
            CheckRecord(
                **{
                    "id": id_,
                    "kind": "text",
                    "verdict": verdict,
                    "score": 0.0 if Verdict(verdict).decided else None,
                    "max_score": 2.0,
                    "visibility": "hidden",
                    **given,
                }
            )
        )
    part = PartRecord(id="wa", score=0, max_score=4, awaiting=4, checks=tuple(made))
    return GradeRecord(
        **{
            "submission": submission,
            "student": {"name": submission.title(), "id": f"u-{submission}", "email": f"{submission}@uni.example"},
            "files_sha256": "f",
            "problems_sha256": "p",
            "versions": {},
            "score": 0,
            "max_score": 4,
            "awaiting_review": 4,
            "isolation": "none",
            "parts": (part,),
            **facts,
        }
    )


@dataclass
class Class:
    """A gradebook on the desk, and browsers of the people who mark it."""

    gradebook: Gradebook
    service: ReviewService
    access: LocalAccess
    root: Path
    now: list[float] = field(default_factory=lambda: [1_000_000.0])

    def hand_in(self, answers: Mapping[str, str], check: str = "wa.why", **facts: Any) -> None:
        """One text answer per submission."""
        for submission, answer in answers.items():
            self.gradebook.append(record_of(submission, {check: {"answer": answer, **facts}}), "mark")
        self.service.read_again()

    def add(self, record: GradeRecord) -> None:
        self.gradebook.append(record, "mark")
        self.service.read_again()

    def entry(self, submission: str, check: str = "wa.why") -> Any:
        return self.gradebook.queue.entry(entry_key(check, submission))

    def score(self, submission: str, check: str = "wa.why") -> float | None:
        """What the override that counts for the latest record says."""
        record, _ = self.gradebook.records()[submission]
        counts = in_force(record, self.gradebook.overrides())
        return counts[check].score if check in counts else None

    def stranger(self, **headers: str) -> Browser:
        """A client without a session."""
        return Browser(self.access, **headers)

    def browser(self, marker: str = "ada") -> Browser:
        """A client with a session of this marker's, as our own pages would send it."""
        client = Browser(self.access, origin=ORIGIN)
        assert client.get(self.access.invite(marker)).status_code == 200
        return client


class Never(Executor):
    """Near answers are always still being compared."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        return Future()


@contextmanager
def open_class(folder: Path) -> Iterator[Class]:
    root = write_homework(folder / "homework")
    with Gradebook(folder / "graded") as gradebook:
        now = [1_000_000.0]
        service = ReviewService(gradebook, load_assignment(root), share=1.0, clock=lambda: now[0])
        access = local_access(Application(service, Never()).app)
        yield Class(gradebook, service, access, root, now)
