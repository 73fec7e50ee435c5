"""Exceptions, by who has to mend the cause: author, user or us.

Owns the exceptions that one module may raise and another handle, and the hint at what an unknown word was meant to be.
A student's fault is never an exception: it is an `Outcome` (see `grader.records`). An exception is an author's mistake,
a user's mistake on the command line, or a fault of ours.

    Hw11Error
    ├── SpecError        author: a problem file, its reference or its mistakes
    ├── UsageError       caller: a path or an option that cannot be used
    └── HarnessError     ours
        ├── SandboxError    the sandbox could not be started or broke
        ├── JudgeError      the judge's worker could not be started or broke
        │   └── UnusableQuestion   the author's fault all the same: it shows only when a question is judged
        └── GradebookError      the gradebook cannot be read or written
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """What is spelled most like a word; empty where nothing is near it.

    Args:
        word: what somebody wrote.
        known: what they could have meant.
        cutoff: how near it must be, from 0 to 1 (the ratio of `difflib`).
    """
    import difflib  # only who made a mistake waits for it

    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), "")


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "", cutoff: float = 0.6) -> str:
    """The end of a sentence about an unknown word: what is near it, else what `otherwise` says, behind a dash."""
    near = nearest(word, known, cutoff)
    advice = f"did you mean {near!r}?" if near else otherwise
    return f" — {advice}" if advice else ""


class Hw11Error(Exception):
    """Base of the errors that end a command with a message and without a traceback."""


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One mistake in one place of an author's file."""

    file: Path
    line: int
    column: int
    what: str
    allowed: str = ""
    suggestion: str = ""

    def __str__(self) -> str:
        parts = [self.what, self.allowed, f"did you mean {self.suggestion!r}?" if self.suggestion else ""]
        return f"{self.file}:{self.line}:{self.column}: " + " — ".join(part for part in parts if part)


class SpecError(Hw11Error):
    """An author's files cannot be used; carries every mistake found, not only the first."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(diagnostics))
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))

    def __reduce__(self) -> tuple[type[SpecError], tuple[tuple[Diagnostic, ...]]]:
        """Pickle the diagnostics instead of the message, so that a worker process can send the error."""
        return type(self), (self.diagnostics,)


class UsageError(Hw11Error):
    """A path or option given on the command line cannot be used."""


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Says which file or folder of the user's it is that the system does not read.

    Raises:
        UsageError: in place of an `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error


class HarnessError(Hw11Error):
    """A fault of ours: it gives no points and takes none, and a log file is written."""


class SandboxError(HarnessError):
    """The sandbox could not be started, or stopped answering."""


class JudgeError(HarnessError):
    """The judge's worker could not be started, or stopped answering."""


class UnusableQuestion(JudgeError):
    """A question that the judge cannot use: its symbols, its unit or its right answer are wrong."""


class GradebookError(HarnessError):
    """The gradebook cannot be read or written."""
