"""The small network, and the table of accuracies against sparsity: what is no such table is told why."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import torch

from grader.assignment.load import load_assignment
from grader.records import Plot
from reference import pruning as asked
from reference import tinyml
from reference.experiments import checkpoint, pruning

ROOT = Path(__file__).parents[2]
CODE = load_assignment(ROOT).author_code
REFERENCE = CODE.reference_file("sensitivity.csv")
HEAD = b"layer,sparsity,accuracy\n"


def of_table(name):
    return CODE.property_function(f"pruning_table:{name}")


def lines(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def small_convnet():
    import small_convnet

    return small_convnet


def test_the_reference_holds_what_the_experiment_gives():
    found = {(row["layer"], float(row["sparsity"])): float(row["accuracy"]) for row in lines(REFERENCE)}
    assert found == {(layer, share): pytest.approx(accuracy, abs=1e-4) for layer, share, accuracy in pruning.rows()}


@pytest.mark.slow  # seconds of training
def test_training_again_gives_a_network_as_good_as_the_one_that_is_handed_out():
    """On another machine the last digits may differ, so its numbers are not held against the file's."""
    threads = torch.get_num_threads()
    try:
        text = checkpoint.as_module(checkpoint.trained())
    finally:
        torch.set_num_threads(threads)
    handed_out = (ROOT / "problems" / "probes" / "small_convnet_numbers.py").read_text()
    assert text.count("\n") == pytest.approx(handed_out.count("\n"), abs=3)
    names = {}
    exec(text, names)  # our own text
    model = small_convnet().load()
    for name, parameter in model.named_parameters():
        integers = [int(number) for number in names["NUMBERS"][name].split()]
        parameter.copy_(small_convnet().UNIT * torch.tensor(integers, dtype=torch.float64).reshape(parameter.shape))
    assert small_convnet().accuracy(model) == pytest.approx(small_convnet().accuracy(small_convnet().load()), abs=0.03)


def test_no_two_weights_of_a_layer_are_equally_large_and_no_share_of_tenths_is_halfway():
    model = small_convnet().load()
    for layer in small_convnet().LAYERS:
        weight = model.get_submodule(layer).weight
        assert weight.abs().unique().numel() == weight.numel()
        assert all(abs(weight.numel() * twentieth / 20 % 1 - 0.5) > 1e-6 for twentieth in range(21))


def test_a_network_of_zeros_guesses():
    model = small_convnet().load()
    for parameter in model.parameters():
        parameter.zero_()
    assert small_convnet().accuracy(model) == 1 / 8


def test_the_wide_layers_are_bells():
    model = small_convnet().load()
    for layer in ("conv2", "conv3"):
        weight = model.get_submodule(layer).weight.flatten()
        score = (weight - weight.mean()) / weight.std()
        assert abs(score.mean()) < 1e-9
        assert abs(weight.mean()) < weight.std() / 3
        assert 3 < (score**4).mean() < 4
    assert 20 < asked.small_weights() < 50


def test_the_experiment_writes_table_and_figure(tmp_path):
    pruning.main(["--out", str(tmp_path)])
    assert (tmp_path / "sensitivity.csv").read_bytes() == REFERENCE
    drawing = (tmp_path / "sensitivity.svg").read_text()
    assert all(f'id="{layer}-accuracy"' in drawing for layer in small_convnet().LAYERS)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no column 'layer'"),
        (b"layer;sparsity;accuracy\n", "no column"),
        (b"\xff\xfe", "UTF-8"),
        (HEAD + b"conv1,half,1\n", "are numbers"),
        (HEAD + b"conv1,0.5,\n", "are numbers"),
        (HEAD + b"conv4,0.5,1\n", "no layer 'conv4'"),
        (HEAD + b"conv1,50,0.9\n", "not percentages"),
        (HEAD + b"conv1,0.5,95\n", "not percentages"),
        (HEAD + b"conv1,0.5,nan\n", "not percentages"),
        (HEAD + b"conv1,inf,0.9\n", "not percentages"),
        (HEAD + b"conv1,-0.1,0.9\n", "not percentages"),
        (HEAD + 2 * b"conv1,0.5,0.9\n", "stand there twice"),
        (HEAD + b'conv1,"0.5,0.9\n', "cannot be read"),
        (HEAD + 6_000 * b"conv1,0.5,0.9\n", "longer than"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_write(data, says):
    assert says in of_table("read")(data)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda row: row if row["sparsity"] != "0.0" else None, "the first row should be that of sparsity 0"),
        (lambda row: row if row["sparsity"] not in ("0.3", "0.4") else None, "after sparsity 0.2"),
        (lambda row: row if float(row["sparsity"]) < 0.85 else None, "up to 0.9"),
        (
            lambda row: row | {"accuracy": "0.5"} if row["layer"] == "conv3" else row,
            "every layer has the same accuracy",
        ),
    ],
)
def test_a_table_with_holes_is_told_which(change, says):
    rows = [row for old in lines(REFERENCE) if (row := change(old)) is not None]
    data = HEAD + "".join(f"{r['layer']},{r['sparsity']},{r['accuracy']}\n" for r in rows).encode()
    table = of_table("read")(data)
    assert says in of_table("holds")(table, None, None)
    assert says in of_table("critical")(data)


@pytest.mark.parametrize("name", ["perfect_text", "perfect_latex"])
def test_honest_tables_of_other_code_hold(name):
    data = (ROOT / "tests" / "sample_class" / name / "sensitivity.csv").read_bytes()
    table = of_table("read")(data)
    assert of_table("holds")(table, None, of_table("read")(REFERENCE)) is None
    assert of_table("critical")(data)["conv1"] == pytest.approx(of_table("critical")(REFERENCE)["conv1"], abs=0.03)


def reruns(table, mask):
    ((chosen,),) = of_table("cells")(table, b"key")
    weights = small_convnet().load()
    return [((chosen,), [mask(weights.get_submodule(layer).weight, share) for layer, share in chosen])]


def below_in_value(weight, share):
    """Removes the smallest values, not the smallest magnitudes."""
    mask = torch.ones(weight.numel(), dtype=torch.bool)
    mask[weight.flatten().argsort()[: round(share * weight.numel())]] = False
    return mask.reshape(weight.shape)


def test_cells_are_made_again_by_the_own_pruning():
    table = of_table("read")(REFERENCE)
    assert of_table("cells")(table, b"key") != of_table("cells")(table, b"another")
    assert of_table("holds")(table, reruns(table, tinyml.magnitude_mask), table) is None
    assert "Save the table that this code made" in of_table("holds")(table, reruns(table, below_in_value), table)
    shapeless = reruns(table, lambda weight, share: torch.ones(3))
    assert "no mask of the shape" in of_table("holds")(table, shapeless, table)
    fractions = reruns(table, lambda weight, share: torch.full(weight.shape, 0.5))
    assert "no mask of the shape" in of_table("holds")(table, fractions, table)


def test_a_table_of_another_way_to_prune_is_not_near_the_reference_s():
    rows = [(r["layer"], float(r["sparsity"]), float(r["accuracy"])) for r in lines(REFERENCE)]
    other = "".join(f"{layer},{share},{hit * (0.9 if 0.5 < share < 0.8 else 1)}\n" for layer, share, hit in rows)
    table = of_table("read")(HEAD + other.encode())
    assert "when the smallest weights go" in of_table("holds")(table, None, of_table("read")(REFERENCE))


@pytest.mark.parametrize(
    ("name", "claimed", "agrees"),
    [
        ("layer", "conv1", True),
        ("layer", "conv2", False),
        ("layer", "classifier", False),
        ("sparsity", 0.54, True),
        ("sparsity", 0.55, True),
        ("sparsity", 0.5, False),
        ("sparsity", 0.6, False),
        ("sparsity", 0.853, False),
    ],
)
def test_what_is_claimed_is_held_against_the_own_table(name, claimed, agrees):
    found = of_table("critical")(REFERENCE)
    assert (of_table(f"{name}_agrees")(found, claimed) is None) == agrees


def test_any_table_that_can_be_read_is_drawn():
    draw, whole = of_table("curves_and_needs"), of_table("read")(REFERENCE)
    part = of_table("read")(HEAD + b"conv1,1,0\nconv1,0.5,0.9\nconv1,0.6,0\n")
    drawn = Plot.model_validate(draw(part, None))
    assert drawn.own == ()
    assert [len(curve.own) for curve in drawn.curves.members] == [1, 0, 0, 0]
    fine = "".join(f"{layer},{k / 1000},{1 - k / 2000}\n" for layer in small_convnet().LAYERS for k in range(1000))
    for table in (of_table("read")(HEAD + fine.encode()), whole):
        drawn = Plot.model_validate(draw(table, whole))
        assert len(drawn.own) == len(drawn.reference) == 4
        assert all(curve.own and curve.own_at for curve in drawn.curves.members)
