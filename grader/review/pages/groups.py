"""The page of a question's groups.

Owns the order of groups and how much of each is shown: the one with most waiting entries first, a hint on blank and
copied answers, and no more entries loaded than one page shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grader.files.untrusted_text import shown
from grader.gradebook.pending import Entry
from grader.results.anonymise import entry_label, scrubber
from grader.review.clustering import suggestion
from grader.review.group_jobs import GroupJobs
from grader.review.groups import Group
from grader.review.pages.answer import WORDS, question_url
from grader.review.questions import ReviewQuestion
from grader.review.service import ReviewService
from reports.mathml import to_mathml
from reports.pages import render

PER_PAGE = 20
_MEMBERS = 12
_ROOM, _LINE = 1_200, 300


def groups_page(
    service: ReviewService, group_jobs: GroupJobs, question: ReviewQuestion, marker: str, page: int, undone: str
) -> str:
    """The page of a question's groups, those with most waiting entries first."""
    known = group_jobs.all(question)
    states = service.gradebook.queue.states(question.id)
    waits = {group.name: sum(states.get(key) != "marked" for key in group.keys) for group in known.groups}
    ordered = sorted(known.groups, key=lambda group: (-waits[group.name], -len(group.keys), group.name))
    pages = max(1, -(-len(ordered) // PER_PAGE))
    page = min(max(page, 1), pages)
    on_page = ordered[(page - 1) * PER_PAGE : page * PER_PAGE]
    entries = service.gradebook.queue.some([key for group in on_page for key in group.keys[: _MEMBERS + 1]])
    return render(
        "desk/groups.html.j2",
        marker=marker,
        question=question,
        url=question_url(question.id),
        total=len(states),
        number=len(ordered),
        waiting=sum(waits.values()),
        looking=known.looking,
        note=known.note,
        first=bool(ordered) and waits[ordered[0].name] > 0,
        groups=[_view(group, waits[group.name], entries, question) for group in on_page if group.name in entries],
        page=page,
        pages=pages,
        undone=undone,
    )


def largest_waiting(service: ReviewService, group_jobs: GroupJobs, question: ReviewQuestion, marker: str) -> str | None:
    """The key of a free entry in the largest waiting group, leased to the marker; None if nothing waits."""
    states = service.gradebook.queue.states(question.id)
    held = service.gradebook.leases.held_by_others(question.id, marker, service.clock())
    free = [
        [key for key in group.keys if states.get(key, "marked") != "marked" and key not in held]
        for group in group_jobs.known(question).groups
    ]
    for keys in sorted(free, key=lambda keys: (-len(keys), keys[:1])):
        for key in keys:
            if service.gradebook.leases.take(key, "first", marker, service.clock()) is None:
                return key
    return None


def _view(group: Group, waits: int, entries: Mapping[str, Entry], question: ReviewQuestion) -> dict[str, Any]:
    """One group: `others` has (key, name, text) of its entries besides the first, `more` counts those not shown."""
    entry, spec = entries[group.name], question.text
    text = _text(entry, _ROOM)
    others = [(key, entry_label(key), _text(entries[key], _LINE)) for key in group.keys[1:] if key in entries]
    return {
        "group": group,
        "word": WORDS[group.sort].lower() if len(group.keys) > 1 else "by itself",
        "waits": waits,
        "hint": suggestion(text, question.prompt, spec.empty, spec.full) if spec is not None and entry.answer else "",
        "answer": text if entry.answer is not None else None,
        "reading": to_mathml(entry.reading, question.part.symbols) if spec is None and entry.reading else None,
        "others": others,
        "more": max(0, len(group.keys) - 1 - len(others)),
    }


def _text(entry: Entry, room: int) -> str:
    return shown(scrubber([entry])(entry.answer or entry.message), room)
