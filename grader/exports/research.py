"""Anonymised tables for research: answers and how they were judged.

Owns which columns may leave the class. It lists what is exported, not what is left out, so that a field added to
records later is not exported by accident.
"""

from __future__ import annotations

from grader.exports.base import Export, GradedClass, Wishes, checks_of, register
from grader.files.csv_cells import table
from grader.results.anonymise import pseudonym, scrubber

_SUBMISSION = ("student", "score", "max_score", "late_deduction", "awaiting_review")
_CHECK = (
    *("student", "part", "check", "kind", "visibility", "verdict", "score", "max_score", "bonus", "follows", "proof"),
    *("mistake", "answer", "reading"),
)


@register("research", says="anonymised tables: pseudonyms, no names, ids, times or paths")
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    secret, scrub = graded.secret(), scrubber(graded.records)
    pseudonyms = ((pseudonym(secret, one.submission), one) for one in graded.records)
    named = sorted(pseudonyms, key=lambda pair: pair[0])
    submissions = [[name, one.score, one.max_score, one.late_deduction, one.awaiting_review] for name, one in named]
    checks = [
        [
            *(name, part.id, check.id, check.kind, check.visibility, check.verdict.value, check.score),
            *(check.max_score, check.bonus, check.follows, check.proof, check.mistake),
            *(text and scrub(text) for text in (check.answer, check.reading)),
        ]
        for name, one in named
        for part, check in checks_of(one)
    ]
    files = {
        "research-submissions.csv": table(_SUBMISSION, submissions),
        "research-checks.csv": table(_CHECK, checks),
    }
    messages = (
        "free text is scrubbed of the names, ids and addresses that the class is known by; what else an answer may "
        "give away only a reader can tell: read before you hand it on",
    )
    return Export(files, messages)
