"""A fine-tune that overfits where a soft prompt does not: the experiment makes the table, what is none is told why."""

from __future__ import annotations

import csv
import io

import pytest
import torch

from grader.assignment.load import load_assignment
from reference.experiments import overfitting

CODE = load_assignment(overfitting.Path(__file__).parents[2]).author_code
REFERENCE = CODE.reference_file("overfitting.csv")
HEAD = b"method,steps,seed,train_loss,test_loss\n"


def of_table(name):
    return CODE.property_function(f"overfitting_table:{name}")


def changed(change):
    table = dict(of_table("read")(REFERENCE))
    change(table)
    return table


@pytest.mark.slow
def test_the_experiment_writes_the_reference_and_a_figure(tmp_path):
    overfitting.main(["--out", str(tmp_path)])
    made, kept = (of_table("read")(data) for data in ((tmp_path / "overfitting.csv").read_bytes(), REFERENCE))
    assert made.keys() == kept.keys()
    assert all(made[cell] == pytest.approx(kept[cell], rel=1e-3) for cell in kept)
    drawing = (tmp_path / "overfitting.svg").read_text()
    assert all(f'id="{method}-{place}"' in drawing for method in ("all", "prompt") for place in (3, 4))


@pytest.mark.parametrize("seed", range(4))
def test_in_every_task_the_fine_tune_overfits_and_the_prompt_does_not(seed):
    table = of_table("read")(REFERENCE)
    train, test = (
        {method: [table[method, steps, seed][place] for steps in overfitting.STEPS] for method in ("all", "prompt")}
        for place in (0, 1)
    )
    assert train["all"][-1] < 0.01 < train["prompt"][-1]
    assert test["all"][-1] > min(test["all"]) + 1
    assert test["prompt"][-1] < min(test["prompt"]) + 0.1
    assert test["prompt"][-1] < min(test["all"])


def test_tasks_are_the_same_every_time_and_differ_by_seed():
    from few_examples import task

    one, same, other = task(0), task(0), task(1)
    assert torch.equal(one.prompt, same.prompt)
    assert all(torch.equal(a, b) for a, b in zip((*one.train, *one.test), (*same.train, *same.test), strict=True))
    assert not torch.equal(one.train[0], other.train[0])
    assert one.train[0].shape == (16, 2, 6)
    assert one.test[1].shape == (500, 2)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no column 'method'"),
        (HEAD + b"all,0.5,0,1,1\n", "whole numbers"),
        (HEAD + b"all,0,0,1,\n", "losses are numbers"),
        (HEAD + b"both,0,0,1,1\n", "methods are all and prompt"),
        (HEAD + b"all,20,0,1,1\n", "steps 0, 10, 30, 100, 300"),
        (HEAD + b"all,0,4,1,1\n", "seeds 0 to 3"),
        (HEAD + b"all,0,0,-1,1\n", "0 or more"),
        (HEAD + b"all,0,0,1,inf\n", "finite"),
        (HEAD + 2 * b"all,0,0,1,1\n", "stand there twice"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_write(data, says):
    assert says in of_table("read")(data)


def test_columns_and_rows_may_stand_in_any_order():
    rows = list(csv.DictReader(io.StringIO(REFERENCE.decode())))
    file = io.StringIO()
    writer = csv.DictWriter(file, ["test_loss", "seed", "train_loss", "steps", "method"])
    writer.writeheader()
    writer.writerows(reversed(rows))
    assert of_table("read")(file.getvalue().encode()) == of_table("read")(REFERENCE)


@pytest.mark.parametrize(
    ("lr", "shape", "says"),
    [
        (0.1, (1, 6), None),
        (0.05, (1, 6), "Save the table that this code made"),
        (0.1, (6,), "of shape (1, 6), not (6,)"),
    ],
)
def test_cells_are_made_again_with_the_own_code(lr, shape, says):
    from few_examples import task

    from reference.soft_prompts import adapt

    table = of_table("read")(REFERENCE)
    ((cells, size),) = of_table("cells")(table, b"key")
    assert of_table("cells")(table, b"another") != [[cells, size]]
    assert size == 0.1
    found = []
    for steps, seed in cells:
        model, prompt, train, _ = task(seed)
        found.append(adapt(model.requires_grad_(False), prompt, *train, lr, steps).reshape(shape))
    told = of_table("holds")(table, [((cells, size), found)], table)
    assert told is None if says is None else says in told


@pytest.mark.parametrize("method", ["all", "prompt"])
@pytest.mark.parametrize(("factor", "passes"), [(1.01, True), (0.99, True), (1.05, False), (0.9, False)])
def test_a_table_is_held_against_the_reference(method, factor, passes):
    def scale(table):
        train, test = table[method, 30, 2]
        table[method, 30, 2] = (train, test * factor)

    told = of_table("holds")(changed(scale), None, of_table("read")(REFERENCE))
    assert (told is None) == passes


def test_a_missing_row_is_named_and_gives_no_rise():
    says = "prompt, 100 steps, seed 3"
    assert says in of_table("holds")(changed(lambda table: table.pop(("prompt", 100, 3))), None, None)
    assert says in of_table("rise")(b"\n".join(row for row in REFERENCE.split(b"\n") if b"prompt,100,3" not in row))


@pytest.mark.parametrize(("claimed", "agrees"), [(2.03, True), (2.0, True), (2.15, False), (-2.03, False), (0, False)])
def test_the_rise_is_held_against_the_own_table(claimed, agrees):
    assert (of_table("rise_agrees")(of_table("rise")(REFERENCE), claimed) is None) == agrees


def test_any_table_that_can_be_read_is_drawn():
    whole, part = of_table("read")(REFERENCE), of_table("read")(HEAD + b"all,10,0,0.5,0\n")
    drawn = of_table("losses")(part, whole)
    assert drawn["own"] == []
    assert [len(member["own"]) for member in drawn["curves"]["members"]] == [1, 0, 0, 0]
    assert [len(member["reference"]) for member in drawn["curves"]["members"]] == [4, 4, 4, 4]
    assert drawn["reference"][-1] == (300.0, pytest.approx(3.09, abs=0.02))
