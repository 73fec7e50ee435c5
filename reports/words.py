"""The words for verdicts: one table for the page and the terminal.

Owns icon, word, explanation and tone of every verdict. A tone is a group of verdicts with the same colour; it names
the CSS class `tone-…`. Verdicts also differ by icon and word, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from grader.records import Verdict

Tone = Literal["good", "partial", "open", "waiting", "fault", "sealed"]


@dataclass(frozen=True)
class Wording:
    """The wording of one verdict: `icon` is one character, `word` is shown beside it, `explanation` is a sentence."""

    icon: str
    word: str
    explanation: str
    tone: Tone

    @property
    def css(self) -> str:
        """The CSS class of the verdict's badge."""
        return f"tone-{self.tone}"


WORDS: Mapping[Verdict, Wording] = {
    Verdict.CORRECT: Wording("✓", "Right", "This earns every point it can.", "good"),
    Verdict.PARTIAL: Wording("◐", "Partly right", "This earns some of its points.", "partial"),
    Verdict.WRONG: Wording("✗", "Not yet", "This is not right yet.", "open"),
    Verdict.MISSING: Wording("○", "Empty", "There is nothing here yet.", "open"),
    Verdict.UNREADABLE: Wording("?", "Not readable", "We could not read this, so it earns nothing.", "open"),
    Verdict.TIMEOUT: Wording("◷", "Too slow", "This was stopped at its time limit.", "open"),
    Verdict.MEMORY: Wording("▦", "Too much memory", "This was stopped at its memory limit.", "open"),
    Verdict.CRASHED: Wording("!", "Stopped", "Your code ended with an error.", "open"),
    Verdict.REFUSED: Wording("⊘", "Refused", "This was not run, because it is not allowed.", "open"),
    Verdict.BLOCKED: Wording("↑", "Needs a step before", "This counts once an earlier answer earns credit.", "open"),
    Verdict.HARNESS_ERROR: Wording(
        "⚑", "Not graded yet", "A fault of ours, not of yours. It costs nothing and will be graded again.", "fault"
    ),
    Verdict.UNDECIDED: Wording("≟", "Not graded yet", "We could not decide this; a person will.", "waiting"),
    Verdict.NEEDS_REVIEW: Wording("…", "Not graded yet", "A person will read this.", "waiting"),
}

NOT_EQUAL = "This is not equal to what is asked."
"""The explanation of a typed answer that is wrong without a known mistake."""

SEALED = Wording("▣", "Hidden", "This is judged, counts, and is shown after release.", "sealed")


def points(value: float, digits: int = 2) -> str:
    """Points such as `4`, `0.5`, `61.25`: at most so many decimals, at least one; no negative zero."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def local_time(moment: str) -> str:
    """A time as it is kept (ISO 8601), on the clock of this machine; another text as it is."""
    try:
        return datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return moment


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number with its noun, such as `1 check` or `3 checks`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def worth(value: float) -> str:
    """Points with their noun, such as `1 point` or `0.5 points`."""
    return f"{points(value)} {'point' if points(value) == '1' else 'points'}"
