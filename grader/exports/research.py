"""Anonymised tables for research: answers and how they were judged.

Owns which columns may leave the class. It lists what is exported, not what is left out, so that a field added to
records later is not exported by accident.
"""

from __future__ import annotations

from grader.exports.base import Export, GradedClass, Wishes, check_facts, register
from grader.files.csv_cells import table
from grader.results.anonymise import pseudonym, scrubber

_SUBMISSION = ("student", "score", "max_score", "late_deduction", "awaiting_review")
_CHECK = (
    *("student", "part", "check", "kind", "visibility", "verdict", "score", "max_score", "bonus", "follows", "proof"),
    *("mistake", "answer", "reading"),
)

_FREE = ("answer", "reading")
"""Columns of free text."""


@register("research", says="anonymised tables: pseudonyms, no names, ids, times or paths")
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    secret, scrub = graded.secret(), scrubber(graded.records)
    named = {pseudonym(secret, one.submission): one for one in graded.records}
    submissions, checks = [], []
    for name, one in sorted(named.items()):
        submissions.append([name, *(getattr(one, column) for column in _SUBMISSION[1:])])
        for facts in check_facts(one):
            said = {column: facts[column] and scrub(str(facts[column])) for column in _FREE}
            checks.append([{**facts, **said, "student": name}[column] for column in _CHECK])
    files = {
        "research-submissions.csv": table(_SUBMISSION, submissions),
        "research-checks.csv": table(_CHECK, checks),
    }
    messages = (
        "free text is scrubbed of the names, ids and addresses that the class is known by; what else an answer may "
        "give away only a reader can tell: read before you hand it on",
    )
    return Export(files, messages)
