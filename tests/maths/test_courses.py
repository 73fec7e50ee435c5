"""Pairs of many courses (`courses.yaml`, `spellings.yaml`): no wrong answer is accepted, no right one called wrong."""

from pathlib import Path

import pytest

from grader.maths.decide import decide
from grader.maths.reading.question import Question

from tables import read_table  # isort: skip

HERE = Path(__file__).parent
TOPICS = [topic for name in ("courses", "spellings") for topic in read_table(HERE / f"{name}.yaml")]
CASES = [(topic, case) for topic in TOPICS for case in topic["cases"]]
NAMES = [f"{topic['topic']}: {case['reference']}" for topic, case in CASES]


@pytest.mark.slow
@pytest.mark.parametrize(("topic", "case"), CASES, ids=NAMES)
def test_right_answers_are_equal_and_wrong_ones_are_not(topic, case):
    kind = case.get("kind") or topic.get("kind", "expr")
    question = Question("case", kind, str(case["reference"]), case.get("symbols", topic["symbols"]), labels=None)
    for answer in map(str, case["right"]):
        found = decide(question, answer)
        assert found.verdict == "equal", (answer, found)
        assert decide(question, found.reading).reading == found.reading
    for answer in map(str, case["wrong"]):
        found = decide(question, answer)
        assert found.verdict in ("different", "invalid"), (answer, found)


def test_the_pairs_are_many():
    pairs = [(case["right"], case["wrong"]) for topic in TOPICS for case in topic["cases"]]
    assert sum(len(right) for right, _ in pairs) >= 900
    assert sum(len(wrong) for _, wrong in pairs) >= 800
    growths = [case for topic in TOPICS for case in topic["cases"] if topic.get("kind") == "complexity"]
    assert sum(len(case["right"]) + len(case["wrong"]) for case in growths) >= 31
