"""The checks of question 4 on a student's saved table: honest ones hold, broken ones get a sentence and are drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.files.author_code import AuthorCode
from grader.records import Plot

ROOT = Path(__file__).parents[2]
LIBRARY = AuthorCode(ROOT)
REFERENCE = (ROOT / "reference" / "lr_scaling.csv").read_bytes()
SETTINGS = ("linear_sgd", "mlp_sgd", "mlp_adam")


def evidence(setting, data=REFERENCE):
    return LIBRARY.property_function(f"lr_evidence:{setting}")(data)


def holds(setting, data, reruns=None):
    table = evidence(setting, data)
    if isinstance(table, str):
        return table
    return LIBRARY.property_function("lr_evidence:holds")(table, reruns, evidence(setting))


def with_losses(loss_of, data=REFERENCE):
    head, *lines = data.decode().splitlines()
    rows = [line.rsplit(",", 1) for line in lines]
    return "\n".join([head, *(f"{cell},{loss_of(i, float(loss))}" for i, (cell, loss) in enumerate(rows))]).encode()


@pytest.mark.parametrize("name", ["perfect_text", "perfect_latex"])
@pytest.mark.parametrize("setting", SETTINGS)
def test_honest_tables_of_other_code_hold(setting, name):
    data = (ROOT / "tests" / "sample_class" / name / "lr_scaling.csv").read_bytes()
    assert holds(setting, data) is None


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


def plot(setting, data, reference=None):
    table = evidence(setting, data)
    beside = None if reference is None else evidence(setting, reference)
    return Plot.model_validate(LIBRARY.property_function("lr_plot:curves_and_optima")(table, beside))


@pytest.mark.parametrize("setting", SETTINGS)
def test_what_is_drawn_are_the_own_curves_with_their_optima_beside_the_references(setting):
    drawn = plot(setting, REFERENCE, REFERENCE)
    assert drawn.own == drawn.reference
    assert [x for x, _ in drawn.own] == [curve_size(curve) for curve in drawn.curves.members]
    for (_, best), curve in zip(drawn.own, drawn.curves.members, strict=True):
        assert curve.own_at == curve.reference_at == best
        assert curve.own == curve.reference
        assert min(curve.own, key=lambda point: point[1])[0] == pytest.approx(best, rel=0.5)
        assert max(loss for _, loss in curve.own) < 5


def curve_size(curve):
    return float(curve.title.removeprefix("batch size "))


def test_without_the_reference_nothing_of_it_is_drawn():
    drawn = plot("mlp_sgd", REFERENCE)
    assert drawn.reference == ()
    assert all(curve.reference == () and curve.reference_at is None for curve in drawn.curves.members)


HEAD = "setting,batch_size,lr,seed,final_mse\n"
DRAWABLE = {
    "no rows": HEAD,
    "one run": HEAD + "mlp_sgd,1,0.1,0,0.5\n",
    "diverged": HEAD + "mlp_sgd,1,0.1,0,nan\nmlp_sgd,1,0.2,0,inf\n",
    "zero and huge": HEAD + "mlp_sgd,4,1e-12,0,0\nmlp_sgd,4,1e6,0,1e308\nmlp_sgd,4,1,0,1e-320\n",
    "other batch sizes": HEAD + "mlp_sgd,3,0.1,0,0.5\nmlp_sgd,2000000,0.1,0,0.5\n",
    "a very fine grid": HEAD + "".join(f"mlp_sgd,8,{0.001 * 1.0005**k},0,{0.5 + k}\n" for k in range(5000)),
    "rates too near to tell apart": HEAD + "".join(f"mlp_sgd,8,{0.1 + 1e-9 * k:.12f},0,0.5\n" for k in range(50)),
}


@pytest.mark.parametrize("text", DRAWABLE.values(), ids=DRAWABLE)
def test_any_table_that_can_be_read_can_be_drawn(text):
    drawn = plot("mlp_sgd", text.encode(), REFERENCE)
    assert drawn.own == ()
    assert "no slope yet" in drawn.description
