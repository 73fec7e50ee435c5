"""The page on which one answer is marked.

Owns what is shown beside the answer, and what is hidden: names, and in a second marking everything about the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote

from markupsafe import Markup

from grader.files.untrusted_text import shown
from grader.gradebook.marking.leases import Round
from grader.gradebook.marking.marks import Mark
from grader.gradebook.pending import CHANGED, OPENED, Entry
from grader.gradebook.regrade_requests import Request
from grader.records import EVERY_PART, MAY_STAND_ELSEWHERE, Verdict
from grader.results.anonymise import entry_label, scrubber
from grader.results.context import HandedInFiles, answer_context
from grader.review import marks
from grader.review.clustering import suggestion
from grader.review.group_jobs import GroupJobs
from grader.review.pages.words import with_formulas
from grader.review.questions import ReviewQuestion, by_rubric
from grader.review.service import ReviewService
from reports.mathml import to_mathml
from reports.model_answers import model_answer
from reports.pages import render
from reports.plots import own_plots
from reports.prose import to_html

ROOM = 20_000
"""Characters of an answer that are shown: some six pages, after which the form would be out of sight."""
BESIDE_ROOM = 2_000
"""Characters of another answer that stands beside it."""
_BANK = 12  # earlier comments that are offered
_ADVICE = {
    Verdict.UNDECIDED: "The judge could not decide this. Read it beside the model answer and say what it earns.",
    Verdict.HARNESS_ERROR: (
        "A fault of ours stopped the grading here; it is nobody’s mark. `hw11 grade` tries it again. "
        "Give points only if that does not help."
    ),
}
_UNREAD = (
    "What is asked here may stand in a file that cannot be read. Whoever finds the student above can decide everything "
    "of that kind at once."
)
_ANOTHER_ANSWER = "changed since it was marked"


@dataclass(frozen=True)
class Visit:
    """A marker's visit to an entry: the round, and how the next entry is chosen.

    `by` is `one` for the next of the marker's own share, `anybody` for the next of whoever's, `group` for the largest.
    """

    marker: str
    round: Round = "first"
    by: Literal["one", "group", "anybody"] = "one"

    @property
    def carried(self) -> str:
        """The visit as the rest of a query, for links that have a query already."""
        return ("&round=second" if self.round == "second" else "") + ("" if self.by == "one" else f"&by={self.by}")

    @property
    def query(self) -> str:
        """The visit as a query, for links without one."""
        return f"?{self.carried[1:]}" if self.carried else ""


def question_url(check_id: str) -> str:
    """The address of a question's pages."""
    return f"/q/{quote(check_id, safe='')}"


def answer_page(service: ReviewService, group_jobs: GroupJobs, entry: Entry, visit: Visit, done: str = "") -> str:
    """The page of one entry, which is leased to the marker unless somebody else holds it."""
    marking, question = service.gradebook.marking, service.questions[entry.check_id]
    holder = service.open(entry, visit.marker, visit.round)
    place, total, left = service.gradebook.queue.position(entry)
    url = question_url(entry.check_id)
    neighbours = {step: service.gradebook.queue.neighbour(entry, step) for step in (1, -1)}
    history = marking.marks.of(entry.key) if visit.round == "first" else []
    firsts = [mark for mark in history if mark.round == "first"]
    batch = [mark for mark in marking.marks.of_batch(done) if mark.check_id == entry.check_id] if done else []
    return render(
        "desk/answer.html.j2",
        marker=visit.marker,
        question=question,
        entry=entry,
        name=entry_label(entry.key),
        place=place,
        total=total,
        left=left,
        url=url,
        here=f"{url}/{entry.key}",
        query=visit.query,
        carried=visit.carried,
        round=visit.round,
        after=f"{url}/{neighbours[1]}{visit.query}" if neighbours[1] else "",
        before=f"{url}/{neighbours[-1]}{visit.query}" if neighbours[-1] else "",
        holder=holder,
        done={"batch": done, "number": len(batch)} if batch else None,
        identity=_identity(service, entry, visit.marker),
        history=firsts,
        seen=firsts[-1].id if firsts else 0,
        request=_request(service, entry) if visit.round == "first" else None,
        **_state(entry, history, visit),
        **_texts(service, question, entry),
        **_beside(service, question, entry),
        **_marking(service, question, entry, visit),
        group=_group(group_jobs, service, question, entry, visit),
        group_on=visit.by == "group",
    )


def _state(entry: Entry, history: Sequence[Mark], visit: Visit) -> dict[str, str]:
    if visit.round == "second":
        return {"state_word": "", "state_tone": ""}
    if entry.state == "marked":
        return {"state_word": "marked", "state_tone": "good"}
    changed = any(mark.score is not None and mark.digest != entry.digest for mark in history[-1:])
    return {"state_word": _ANOTHER_ANSWER if changed else "", "state_tone": "partial"}


def _identity(service: ReviewService, entry: Entry, marker: str) -> str:
    """The author's name for a marker who has revealed it (which is logged); else empty."""
    events = service.gradebook.marking.events.latest(key=entry.key)
    if not any(event.what == "reveal" and event.marker == marker for event in events):
        return ""
    return author(entry)


def author(entry: Entry) -> str:
    """Who wrote an entry, in a line."""
    said = [entry.student[name] for name in ("name", "id", "email") if entry.student.get(name)]
    return shown(" · ".join([*said, f"submission {entry.submission}"]), 300)


def _request(service: ReviewService, entry: Entry) -> Request | None:
    """What the student asks to be looked at again, without names."""
    request, scrub = service.request(entry), scrubber([entry])
    return request and replace(request, item=scrub(request.item), reason=scrub(request.reason))


def _texts(service: ReviewService, question: ReviewQuestion, entry: Entry) -> dict[str, Any]:
    """The answer as it is shown, and the texts that it is compared with."""
    scrub = scrubber([entry])
    spec, text = question.text, scrub(entry.answer or "")
    typed = spec is None
    answer: str | None = shown(text, ROOM) if entry.answer is not None else None
    evidence = spec.evidence if spec is not None else ()
    words = with_formulas(answer or "", evidence, question.part.symbols)
    field = question.part.fields.get(question.name)
    model = to_html(spec.full) if spec is not None else _model_line(service, question, field)
    hint = suggestion(text, question.prompt, spec.empty, spec.full) if spec is not None and entry.answer else ""
    return {
        "answer": answer if answer is None or typed else words,
        "marks_evidence": "<mark>" in words,
        "typed": typed,
        "reading": to_mathml(entry.reading, question.part.symbols) if typed and entry.reading else None,
        "model": model,
        "hint": hint,
        "advice": _advice(entry),
        "said": shown(scrub(entry.message), 600),
        "facts": [(shown(label, 60), shown(scrub(value), 600)) for label, value in entry.details],
        "staff": shown(scrub(entry.staff), 4_000),
    }


def _advice(entry: Entry) -> str:
    if entry.message in (OPENED, CHANGED):
        return "Read it beside the model answer and say what it earns."
    if entry.verdict is Verdict.UNDECIDED and entry.message.startswith("waits until"):
        return "This depends on an earlier answer that is not decided yet: decide that one first."
    if entry.message.startswith(MAY_STAND_ELSEWHERE):
        return _UNREAD
    return _ADVICE.get(entry.verdict, "")


def _beside(service: ReviewService, question: ReviewQuestion, entry: Entry) -> dict[str, Any]:
    """The other answers of the part, files and curves, without names."""
    record = service.gradebook.record(entry.submission, entry.attempt)
    if record is None:
        return {"beside": (), "files": (), "figures": ()}
    scrub, symbols = scrubber([entry]), question.part.symbols
    context = answer_context(question.part, question.name, HandedInFiles(record, service.gradebook.gradings.source))
    return {
        "beside": [
            (
                one,
                "" if one.check.answer == one.check.reading else shown(scrub(one.check.answer or ""), BESIDE_ROOM),
                to_mathml(one.check.reading, symbols) if one.check.reading else None,
            )
            for one in context.answers
        ],
        "files": [(one.name, one.text and shown(scrub(one.text), ROOM), one.image) for one in context.files],
        "figures": own_plots(record, EVERY_PART).get(question.part.id, ()) if context.files else (),
    }


def _model_line(service: ReviewService, question: ReviewQuestion, field: Any) -> Markup | None:
    model = model_answer(question.part, field, service.assignment) if field is not None else None
    return model.line if model is not None else None


def _marking(service: ReviewService, question: ReviewQuestion, entry: Entry, visit: Visit) -> dict[str, Any]:
    """The form: the rubric, the draft, comments used before."""
    draft = service.draft(entry, visit.marker, visit.round)
    rubric, changed = None, False
    if by_rubric(question, entry):
        rubric, _ = service.rubric(question, visit.marker)
        changed = bool(service.rubric_changes(question, rubric))
    items = rubric.items if rubric is not None else ()
    used = service.gradebook.marking.marks.comments(question.id)
    bank = [
        (text, who == visit.marker, uses) for text, who, uses in used if visit.round == "first" or who == visit.marker
    ]
    decided = draft.items or draft.nothing or draft.adjustment or draft.awarded is not None
    return {
        "rubric": items,
        "changed": changed,
        "draft": draft,
        "total_now": marks.score(draft, items, question.points) if decided else None,
        "bank": sorted(bank, key=lambda one: not one[1])[:_BANK],
    }


def _group(
    group_jobs: GroupJobs, service: ReviewService, question: ReviewQuestion, entry: Entry, visit: Visit
) -> dict[str, Any] | None:
    """The offer to mark a whole group; only for entries that wait, and not in a second marking."""
    if visit.round == "second" or entry.state == "marked" or service.request(entry) is not None:
        return None
    found = group_jobs.known(question).of(entry.key)
    if found is None or len(found.keys) < 2:
        return None
    states = service.gradebook.queue.states(question.id)
    number = sum(states.get(key) != "marked" for key in found.keys)
    return {"word": WORDS[found.sort], "number": number, "name": found.name} if number > 1 else None


WORDS = {
    "same text": "The same text",
    "same formula": "The same formula",
    "near": "Texts like this",
    "by hand": "A group made by hand",
}
