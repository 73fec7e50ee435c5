"""The table of errors against bits: the experiment makes it, and what is no such table is told why."""

from __future__ import annotations

import csv
import io

import pytest

from grader.assignment.load import load_assignment
from reference import tinyml
from reference.experiments import codebooks

CODE = load_assignment(codebooks.Path(__file__).parents[2]).author_code
REFERENCE = CODE.reference_file("codebooks.csv")


def of_table(name):
    return CODE.property_function(f"codebook_table:{name}")


def test_the_reference_holds_what_the_experiment_gives():
    found = {(r["weights"], r["method"], int(r["bits"]), int(r["seed"])): float(r["error"]) for r in lines(REFERENCE)}
    assert found == {row[:4]: pytest.approx(row[4], rel=1e-4) for row in codebooks.rows()}


@pytest.mark.slow
def test_the_experiment_writes_table_and_figure(tmp_path):
    codebooks.main(["--out", str(tmp_path)])
    assert (tmp_path / "codebooks.csv").read_bytes() == REFERENCE
    drawing = (tmp_path / "codebooks.svg").read_text()
    assert all(f'id="{weights}-{method}"' in drawing for weights in ("bell", "even") for method in ("kmeans", "linear"))


def test_on_even_weights_the_linear_error_is_what_its_formula_says():
    """The zero point's rounding moves the grid by up to half a step, which shows least where steps are small."""
    weight = codebooks.torch.linspace(0, 1, 5001, dtype=codebooks.torch.float64)
    for bits in (3, 5, 8):
        formula = float(tinyml.linear_error().subs({tinyml.R: 1, tinyml.n: bits}))
        assert codebooks.linear_error(weight, bits) == pytest.approx(formula, rel=5e-3)


def lines(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


HEAD = b"weights,method,bits,seed,error\n"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no column 'weights'"),
        (b"weights;method;bits;seed;error\n", "no column"),
        (b"\xff\xfe", "UTF-8"),
        (HEAD + b"bell,kmeans,2.5,0,1\n", "whole numbers"),
        (HEAD + b"bell,kmeans,2,0,\n", "error is a number"),
        (HEAD + b"bell,k-means,2,0,1\n", "methods kmeans or linear"),
        (HEAD + b"bell,kmeans,6,0,1\n", "bits 1 to 5"),
        (HEAD + b"bell,kmeans,2,-1,1\n", "seeds 0 or more"),
        (HEAD + b"bell,kmeans,2,0,nan\n", "above 0"),
        (HEAD + b"bell,kmeans,2,0,1e308\n", "at most 1e+06"),
        (HEAD + b"bell,kmeans,2,0,inf\n", "above 0"),
        (HEAD + b"bell,kmeans,2,0,0\n", "above 0"),
        (HEAD + 2 * b"bell,kmeans,2,0,1\n", "stand there twice"),
        (HEAD + b'bell,"kmeans,2,0,1\n', "cannot be read"),
        (HEAD + 6_000 * b"bell,kmeans,2,0,1\n", "longer than"),
        (HEAD + b"bell,kmeans," + b"9" * 5000 + b",0,1\n", "whole numbers"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_write(data, says):
    assert says in of_table("read")(data)


def test_columns_may_stand_in_any_order_and_the_seed_of_the_linear_rows_may_be_empty():
    changed = io.StringIO()
    writer = csv.DictWriter(changed, ["error", "seed", "bits", "method", "weights", "note"])
    writer.writeheader()
    for row in lines(REFERENCE):
        writer.writerow({**row, "note": "mine", "seed": "" if row["method"] == "linear" else row["seed"]})
    table = of_table("read")(("﻿" + changed.getvalue()).encode())
    assert of_table("holds")(table, None, of_table("read")(REFERENCE)) is None


def test_cells_that_are_made_again_follow_from_the_key_and_cost_little():
    table = of_table("read")(REFERENCE)
    ((chosen,),) = of_table("cells")(table, b"key")
    assert of_table("cells")(table, b"key") == [[chosen]]
    assert of_table("cells")(table, b"another") != [[chosen]]
    assert len(chosen) == 3
    assert all(2 <= bits <= 4 for _, bits, _ in chosen)


@pytest.mark.parametrize(("claimed", "agrees"), [(2.35, True), (2.3, True), (2.6, False), (0.43, False)])
def test_the_gain_is_held_against_the_own_table(claimed, agrees):
    gain = of_table("gain")(REFERENCE)
    assert (of_table("gain_agrees")(gain, claimed) is None) == agrees


def test_any_table_that_can_be_read_is_drawn():
    draw, whole = of_table("errors_and_gain"), of_table("read")(REFERENCE)
    part = of_table("read")(HEAD + b"bell,kmeans,2,0,0.001\n")
    assert draw(part, None)["own"] == []
    assert [len(member["own"]) for member in draw(part, whole)["curves"]["members"]] == [1, 0, 0, 0]
    assert [len(member["reference"]) for member in draw(part, whole)["curves"]["members"]] == [5, 5, 5, 5]
    assert draw(whole, None)["own"][2] == (8.0, pytest.approx(2.35, rel=0.01))
