from __future__ import annotations

import pytest

from grader.records import Verdict
from reports.words import SEALED, WORDS, counted, points, worth


def test_every_verdict_has_an_icon_a_word_a_sentence_and_a_tone() -> None:
    assert set(WORDS) == set(Verdict)
    for wording in [*WORDS.values(), SEALED]:
        assert len(wording.icon) == 1
        assert wording.word
        assert wording.explanation.endswith(".")


def test_no_icon_stands_for_two_verdicts() -> None:
    icons = [wording.icon for wording in [*WORDS.values(), SEALED]]
    assert len(icons) == len(set(icons))


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if not verdict.decided])
def test_what_is_not_decided_is_called_not_graded_yet(verdict: Verdict) -> None:
    assert WORDS[verdict].word == "Not graded yet"
    assert WORDS[verdict].tone in ("waiting", "fault")


@pytest.mark.parametrize(
    ("value", "text"),
    [(4.0, "4"), (0.5, "0.5"), (61.25, "61.25"), (1 / 3, "0.33"), (0.0, "0"), (-0.001, "0"), (100, "100")],
)
def test_points_are_written_as_people_write_them(value: float, text: str) -> None:
    assert points(value) == text


def test_numbers_agree_with_their_nouns() -> None:
    assert counted(1, "check") == "1 check"
    assert counted(2, "check") == "2 checks"
    assert counted(2, "answer is", "answers are") == "2 answers are"
    assert worth(1.0) == "1 point"
    assert worth(0.5) == "0.5 points"
