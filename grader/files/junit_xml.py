"""JUnit XML in the dialect that pytest calls xunit2: suites of cases, each passed or not, with why.

Owns the elements, their counts, and that nothing stands in the file that XML cannot hold. What a suite and a case are
made of belongs to whoever reports.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.etree import ElementTree

from grader.files.untrusted_text import visible

_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Case:
    """One test case. `message` and `details` say why it did not pass."""

    classname: str
    name: str
    seconds: float
    result: Literal["passed", "failure", "error", "skipped"] = "passed"
    message: str = ""
    details: str = ""


@dataclass(frozen=True)
class Suite:
    """Cases under one name. `timestamp` is ISO 8601, or empty."""

    name: str
    cases: Sequence[Case]
    timestamp: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)


def junit_xml(name: str, suites: Iterable[Suite]) -> bytes:
    """The file: one `testsuites` with everything in it."""
    root = ElementTree.Element("testsuites", name=_text(name))
    root.extend(map(_suite, suites))
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _suite(suite: Suite) -> ElementTree.Element:
    counts = Counter(case.result for case in suite.cases)
    about = {
        "name": _text(suite.name),
        "errors": str(counts["error"]),
        "failures": str(counts["failure"]),
        "skipped": str(counts["skipped"]),
        "tests": str(len(suite.cases)),
        "time": f"{sum(case.seconds for case in suite.cases):.3f}",
    }
    if suite.timestamp:
        about["timestamp"] = suite.timestamp
    element = ElementTree.Element("testsuite", about)
    if suite.properties:
        facts = ElementTree.SubElement(element, "properties")
        for name, value in suite.properties.items():
            ElementTree.SubElement(facts, "property", name=name, value=_text(value))
    element.extend(map(_case, suite.cases))
    return element


def _case(case: Case) -> ElementTree.Element:
    about = {"classname": _text(case.classname), "name": _text(case.name), "time": f"{case.seconds:.3f}"}
    element = ElementTree.Element("testcase", about)
    if case.result != "passed":
        told = ElementTree.SubElement(element, case.result, message=_text(case.message))
        told.text = _text(case.details)
    return element


def _text(text: str) -> str:
    """The text without characters that XML does not allow: control characters and lone surrogates."""
    return _NOT_XML.sub("\ufffd", visible(text))
