"""Kept results: what a run that was killed had written is there, half a line is not, and nothing is lost behind it."""

import pytest

from grader.authoring.mutation.kept import KeptResults


def test_results_are_there_for_the_next_run(tmp_path):
    kept = KeptResults(tmp_path / "out" / "kept.jsonl")
    kept.add("a", {"n": 1})
    kept.add("ä", [1, None])
    assert kept.find("a") == {"n": 1}
    again = KeptResults(tmp_path / "out" / "kept.jsonl")
    assert (again.find("a"), again.find("ä"), again.find("b")) == ({"n": 1}, [1, None], None)


@pytest.mark.parametrize("odd", ["\u2028", "\x85", "\x1c", "\n", "\r", "\ud800"], ids=ascii)
def test_whatever_a_result_says_is_there_for_the_next_run(tmp_path, odd):
    KeptResults(tmp_path / "kept.jsonl").add("a", f"one{odd}two")
    assert KeptResults(tmp_path / "kept.jsonl").find("a") == f"one{odd}two"


@pytest.mark.parametrize("cut_off", ['["b", {"n"', '["b"', "[", "\x00\x00", "3\n", '{"a": 1}\n'])
def test_a_line_that_was_cut_off_costs_itself_alone(tmp_path, cut_off):
    path = tmp_path / "kept.jsonl"
    KeptResults(path).add("a", 1)
    with path.open("a") as file:
        file.write(cut_off)
    second = KeptResults(path)
    assert (second.find("a"), second.find("b")) == (1, None)
    second.add("c", 2)
    third = KeptResults(path)
    assert (third.find("a"), third.find("b"), third.find("c")) == (1, None, 2)


def test_where_nothing_can_be_written_results_hold_for_the_run(tmp_path):
    (tmp_path / "out").write_text("a file")
    kept = KeptResults(tmp_path / "out" / "kept.jsonl")
    kept.add("a", 1)
    assert kept.find("a") == 1
