"""The report as plain text for a terminal, in aligned lines that need no colour.

Owns the text. Printing and colour belong to the command line. No control character that a student typed reaches the
terminal.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from grader.assignment.model import Part
from grader.files.untrusted_text import one_line, visible
from grader.grouping import by_key
from grader.records import CheckRecord, Notice, Outcome, Verdict
from reports.messages import plain_sentence, undollared
from reports.news import NOTHING, TOLD, Change, Stands, news, since_last_time
from reports.steps import NextSteps, next_steps, still_to_do
from reports.summary import Summary, summarize_parts
from reports.visibility import SeenCheck, SeenPart
from reports.words import SEALED, WORDS, Wording, counted, points, worth

WORD_WIDTH = max(len(wording.word) for wording in WORDS.values())
ID_WIDTH = 32
POINTS_WIDTH = 11
TEXT_LIMIT = 400
WIDTH = 100  # characters of a line
_INDENT = "    "


def outcome_line(check: CheckRecord) -> str:
    """One check in one line: icon, word, id, points, and the reading or what is wrong."""
    wording = WORDS[check.verdict]
    return f"{_columns(wording, check)}  {_reading_or_message(wording, check)}".rstrip()


def part_lines(seen: SeenPart, before: Stands = NOTHING) -> list[str]:
    """The lines of one part: its title, each check with what is wrong below it, and a line for all that is empty.

    What changed since `before` is told at its check. What waits for a file that does not load is told once for all.
    """
    part, changes = seen.part, news(before, [seen])
    title = f"{part.id}  {one_line(undollared(part.spec.title))} ({worth(part.points)})"
    silent = [check for check in seen.checks if check.sealed and check.outcome.answer is None]
    empty = [check for check in seen.checks if check.verdict is Verdict.MISSING]
    waits = [check for check in seen.checks if check.not_loaded and check not in silent]
    lines = ["", title, *_not_loaded_lines(waits, part)]
    for check in seen.checks:
        if check not in silent and check not in empty and check not in waits:
            lines += _check_lines(check, part, changes.get(check.id))
    if empty:
        lines += _wrapped(f"  {_head(WORDS[Verdict.MISSING])}", still_to_do(empty))
    if silent:
        held = f"{counted(len(silent), 'more check')}, {worth(sum(check.max_score for check in silent))}"
        lines.append(f"  {_head(SEALED)}{held}, run after the deadline")
    return lines


def preview_summary(parts: Sequence[SeenPart], before: Stands = NOTHING, notices: Sequence[Notice] = ()) -> list[str]:
    """The last lines of a student's own check: headline, what it does not include, what changed, next steps."""
    changed = [sentence] if (sentence := since_last_time(news(before, parts))) else []
    return ["", *summary_lines(summarize_parts(parts)), *changed, *step_lines(next_steps(parts, notices))]


def summary_lines(summary: Summary) -> list[str]:
    """The headline and the sentences after it."""
    return [summary.headline, *summary.sentences]


def step_lines(next_to_do: NextSteps) -> list[str]:
    """The next steps, numbered, and the line about the rest."""
    lines = ["", "What to do next"] if next_to_do.steps or next_to_do.rest else []
    for number, step in enumerate(next_to_do.steps, 1):
        gain = f" ({worth(step.alone)} at stake)" if step.alone else ""
        about = step.file or (step.part.part.id if step.several else step.check.id)
        lead = f"{about}{gain}: {plain_sentence(step.lead, step.part.part).removeprefix(f'{step.file} ')}"
        lines += _wrapped(f"  {number}. ", one_line(lead, TEXT_LIMIT))
    return lines + (_wrapped("  ", next_to_do.rest) if next_to_do.rest else [])


def notice_line(where: str, message: str) -> str:
    """The line of a notice about the submission as a whole."""
    return f"note  {one_line(where, 60)}: {one_line(message, TEXT_LIMIT)}"


def caret_lines(outcome: Outcome) -> list[str]:
    """The typed line and a caret below the column where reading failed; empty without such a column."""
    if outcome.answer is None or outcome.column is None or not 1 <= outcome.column <= len(outcome.answer) + 1:
        return []
    before = outcome.answer[: outcome.column - 1]
    start = before.rfind("\n") + 1
    line = outcome.answer[start:].partition("\n")[0]
    if len(line) > WIDTH or visible(line) != line:
        return []
    return [line, " " * (len(before) - start) + "^"]


def _check_lines(check: SeenCheck, part: Part, change: Change | None) -> Iterable[str]:
    changed = f"  {TOLD[change]}" if change else ""
    outcome, lines = check.outcome, [f"  {_columns(check.words, check)}{changed}".rstrip()]
    if check.words.tone in ("good", "sealed", "waiting") and outcome.reading:
        return lines + _wrapped(_INDENT, f"read as {one_line(outcome.reading, TEXT_LIMIT)}")
    if check.fails or check.words.tone == "fault":
        message = plain_sentence(outcome.message, part) or check.explanation
        lines += _wrapped(_INDENT, one_line(message, TEXT_LIMIT))
        lines += [f"{_INDENT}  {line}" for line in caret_lines(outcome)]
        for label, value in check.facts:
            lines += _wrapped(f"{_INDENT}  {one_line(label, 40)}: ", one_line(value))
        if check.to_paste:
            lines += [
                f"{_INDENT}  to see it yourself:",
                *(f"{_INDENT}    {visible(one)}" for one in check.to_paste.split("\n")),
            ]
    return lines


def _not_loaded_lines(waits: Sequence[SeenCheck], part: Part) -> Iterable[str]:
    """For each file that does not load: how many checks wait for it, and why; hidden ones tell its place alone."""
    for place, checks in by_key((check.not_loaded, check) for check in waits).items():
        file, most = place.partition(":")[0], sum(check.max_score for check in checks)
        reason = max((check.outcome.message for check in checks), key=len)
        what = f"{counted(len(checks), 'check waits', 'checks wait')} until {file} loads ({worth(most)})"
        yield from _wrapped(f"  {_head(checks[0].words)}", what)
        yield from _wrapped(_INDENT, one_line(plain_sentence(reason, part), TEXT_LIMIT))


def _columns(wording: Wording, check: CheckRecord | SeenCheck) -> str:
    return f"{_head(wording)}{check.id:<{ID_WIDTH}}  {_points(check):>{POINTS_WIDTH}}"


def _head(wording: Wording) -> str:
    return f"{wording.icon} {wording.word:<{WORD_WIDTH}}  "


def _wrapped(start: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start)) or [start.rstrip()]


def _reading_or_message(wording: Wording, outcome: Outcome) -> str:
    read = f"read as {one_line(outcome.reading, TEXT_LIMIT)}" if outcome.reading else ""
    if wording.tone in ("good", "sealed"):
        return read or one_line(outcome.message, TEXT_LIMIT)
    return one_line(outcome.message, TEXT_LIMIT) or read or wording.explanation


def _points(check: CheckRecord | SeenCheck) -> str:
    if not check.max_score:
        return ""
    return f"{'–' if check.score is None else points(check.score)} / {points(check.max_score)}"
