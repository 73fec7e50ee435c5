"""JUnit XML in the dialect that pytest calls xunit2: one suite per submission, one case per check.

Owns how verdicts map to JUnit's outcomes.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

from grader.exports.base import Export, GradedClass, Wishes, checks_of, points, register
from grader.files.untrusted_text import visible
from grader.records import CheckRecord, GradeRecord, PartRecord, Verdict

_FAULT, _WAITS, _WRONG, _PASSED = "error", "skipped", "failure", "passed"
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


@register("junit", says="JUnit XML, one suite per submission")
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    suites = ElementTree.Element("testsuites", name=_text(graded.assignment.title))
    for record in graded.records:
        suites.append(_suite(record))
    ElementTree.indent(suites)
    text = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return Export({"junit.xml": text + b"\n"})


def _suite(record: GradeRecord) -> ElementTree.Element:
    checks = checks_of(record)
    counts = Counter(_fate(check) for _, check in checks)
    about = {
        "name": record.submission,
        "errors": str(counts[_FAULT]),
        "failures": str(counts[_WRONG]),
        "skipped": str(counts[_WAITS]),
        "tests": str(len(checks)),
        "time": f"{sum(check.seconds for _, check in checks):.3f}",
    }
    if record.submitted_at:
        about["timestamp"] = record.submitted_at
    suite = ElementTree.Element("testsuite", about)
    facts = ElementTree.SubElement(suite, "properties")
    for name in ("score", "max_score", "late_deduction", "awaiting_review"):
        ElementTree.SubElement(facts, "property", name=name, value=points(getattr(record, name)))
    suite.extend(_case(record, part, check) for part, check in checks)
    return suite


def _fate(check: CheckRecord) -> str:
    """The JUnit outcome of a check. Partial credit is a failure, since the format has nothing in between."""
    if check.verdict is Verdict.HARNESS_ERROR:
        return _FAULT
    if check.score is None:
        return _WAITS
    return _PASSED if check.verdict is Verdict.CORRECT else _WRONG


def _case(record: GradeRecord, part: PartRecord, check: CheckRecord) -> ElementTree.Element:
    case = ElementTree.Element(
        "testcase", classname=f"{record.submission}.{part.id}", name=check.id, time=f"{check.seconds:.3f}"
    )
    fate = _fate(check)
    if fate != _PASSED:
        earned = "not decided" if check.score is None else f"{points(check.score)} of {points(check.max_score)}"
        element = ElementTree.SubElement(case, fate, message=_text(f"{check.verdict}, {earned}: {check.message}"))
        element.text = _text("\n".join(f"{label}: {fact}" for label, fact in check.details))
    return case


def _text(text: str) -> str:
    """The text without characters that XML does not allow: control characters and lone surrogates."""
    return _NOT_XML.sub("\ufffd", visible(text))
