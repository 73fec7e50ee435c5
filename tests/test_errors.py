"""What is said of a word that nobody knows."""

import pytest

from grader.errors import did_you_mean, nearest


@pytest.mark.parametrize(
    ("word", "known", "otherwise", "said"),
    [
        ("q5b", ["q5a", "q1"], "", " — did you mean 'q5a'?"),
        ("zzz", ["q5a", "q1"], "see your report", " — see your report"),
        ("zzz", [], "", ""),
        ("", ["q5a"], "", ""),
    ],
)
def test_what_is_near_is_offered_and_else_there_is_other_advice(word, known, otherwise, said):
    assert did_you_mean(word, known, otherwise) == said


def test_how_near_it_must_be_can_be_said():
    assert nearest("HW12", ["HW11 (48213)"]) == ""
    assert nearest("HW12", ["HW11 (48213)"], cutoff=0.3) == "HW11 (48213)"
