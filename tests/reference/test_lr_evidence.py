"""The checks of question 4 on a student's saved table: honest ones hold, forged and broken ones get a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.library import Library

ROOT = Path(__file__).parents[2]
LIBRARY = Library(ROOT)
REFERENCE = (ROOT / "reference" / "lr_scaling.csv").read_bytes()
SETTINGS = ("linear_sgd", "mlp_sgd", "mlp_adam")


def evidence(setting, data=REFERENCE):
    return LIBRARY.property_function(f"lr_evidence:{setting}")(data)


def holds(setting, data, reruns=None):
    table = evidence(setting, data)
    if isinstance(table, str):
        return table
    return LIBRARY.judge_of_property("lr_evidence:holds")(table, reruns, evidence(setting))


def reruns(setting, data, train_one, key=b"class"):
    (arguments,) = LIBRARY.property_function("lr_evidence:cells")(evidence(setting, data), key)
    return [(arguments, LIBRARY.observer("lr_spies:rerun_cells")(train_one, *arguments))]


def spoilt(name, data=REFERENCE):
    return LIBRARY.mistake(f"lr_tables:{name}")(data)


def with_losses(loss_of, data=REFERENCE):
    head, *lines = data.decode().splitlines()
    rows = [line.rsplit(",", 1) for line in lines]
    return "\n".join([head, *(f"{cell},{loss_of(i, float(loss))}" for i, (cell, loss) in enumerate(rows))]).encode()


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_references_table_is_what_its_code_gives(setting):
    train_one = LIBRARY.oracle("lr_scaling.train_one")
    assert holds(setting, REFERENCE, reruns(setting, REFERENCE, train_one)) is None


@pytest.mark.parametrize("name", ["perfect_text", "perfect_latex"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_honest_tables_of_other_code_hold(setting, name):
    data = (ROOT / "tests" / "sample_class" / name / "lr_scaling.csv").read_bytes()
    assert holds(setting, data) is None


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_forged_table_is_not_what_the_code_gives(setting):
    forged = spoilt("invented_losses")
    train_one = LIBRARY.oracle("lr_scaling.train_one")
    assert holds(setting, forged) is None
    assert "Save the table that this code made" in holds(setting, forged, reruns(setting, forged, train_one))


def test_a_forger_cannot_move_every_run_out_of_reach():
    assert "worse than before training" in holds("linear_sgd", with_losses(lambda _, loss: 3 + loss))


@pytest.mark.parametrize("loss", ["nan", "inf", "0", "1e308", "1e-320"])
def test_a_table_of_one_number_is_no_evidence(loss):
    for setting in SETTINGS:
        assert holds(setting, with_losses(lambda *_: loss)) is not None


def test_order_of_rows_byte_order_mark_and_line_ends_do_not_matter():
    head, *lines = REFERENCE.decode().splitlines()
    shuffled = b"\xef\xbb\xbf" + "\r\n".join([head, *lines[::-1]]).encode()
    assert holds("mlp_sgd", shuffled) is None


@pytest.mark.parametrize("column", [1, 2, 3])
@pytest.mark.parametrize("value", ["1e300", "1e-300", "-1", "nan", "inf", "", "0x10", "'; --"])
def test_numbers_beyond_all_bounds_are_refused_with_a_sentence(column, value):
    lines = REFERENCE.decode().splitlines()
    cells = lines[1].split(",")
    cells[column] = value
    said = evidence("linear_sgd", "\n".join([lines[0], ",".join(cells)]).encode())
    assert isinstance(said, str)
    assert "line 2" in said
