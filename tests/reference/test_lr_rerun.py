"""A table without the code that made it is no evidence: which runs are made again, and ways to cheat that all fail.

Every way is tried under several class secrets, because chance decides which runs are made again.
"""

from __future__ import annotations

import csv
import io
import math
import random
from functools import cache

import pytest
import torch

from reference.lr_scaling import train_one as honest

from lr_code_checks import GRADED, LIBRARY  # isort: skip
from lr_variants import LOOPS, SAMPLERS, evaluate_plain, tensor_returned, variant, with_optim  # isort: skip

REFERENCE = (LIBRARY.root / "reference" / "lr_scaling.csv").read_bytes()
SECRETS = tuple(bytes([k]) * 32 for k in range(4))
SETTINGS = pytest.mark.parametrize("setting", GRADED)
CHEATED = pytest.mark.parametrize(
    "setting", [GRADED[0], *(pytest.param(setting, marks=pytest.mark.slow) for setting in GRADED[1:])]
)
UNDER_SECRETS = pytest.mark.parametrize(
    "secret", [SECRETS[0], *(pytest.param(secret, marks=pytest.mark.slow) for secret in SECRETS[1:])], ids=range(4)
)
TRIED = pytest.mark.parametrize(
    ("setting", "secret"),
    [
        (GRADED[0], SECRETS[0]),
        *(pytest.param(GRADED[0], secret, marks=pytest.mark.slow) for secret in SECRETS[1:]),
        *(pytest.param(setting, SECRETS[0], marks=pytest.mark.slow) for setting in GRADED[1:]),
    ],
    ids=range(len(SECRETS) + len(GRADED) - 1),
)
"""Chance decides by the secret which runs are made again, whatever the setting: each is tried with one of the other."""


@cache
def evidence(setting, data=REFERENCE):
    found = LIBRARY.property_function(f"lr_evidence:{setting}")(data)
    assert not isinstance(found, str), found
    return found


def chosen(setting, data=REFERENCE, secret=SECRETS[0]):
    ((_, cells, n_steps),) = LIBRARY.property_function("lr_evidence:cells")(evidence(setting, data), secret)
    assert n_steps == 64
    return cells


def said(setting, train_one, data=REFERENCE, secret=SECRETS[0]):
    """What a table and a `train_one` get together."""
    ((arguments),) = LIBRARY.property_function("lr_evidence:cells")(evidence(setting, data), secret)
    seen = LIBRARY.observer("lr_spies:rerun_cells")(train_one, *arguments)
    judge = LIBRARY.property_function("lr_evidence:holds")
    return judge(evidence(setting, data), [(arguments, seen)], evidence(setting))


def with_losses(loss_of, data=REFERENCE):
    """The same table with other losses: `loss_of(row, loss)`."""
    reader = csv.DictReader(io.StringIO(data.decode()))
    rows = [row | {"final_mse": repr(loss_of(row, float(row["final_mse"])))} for row in reader]
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


@SETTINGS
def test_runs_lie_around_optima_of_different_batch_sizes_and_anywhere(setting):
    for secret in SECRETS:
        cells = chosen(setting, secret=secret)
        runs, best = evidence(setting).table.losses[setting], evidence(setting).fit.optima
        assert len({tuple(cell) for cell in cells}) == 6
        assert len({size for size, _, _ in cells[:5]}) == 5
        assert all(abs(math.log2(lr / best[size])) < 2 for size, lr, _ in cells[:5])
        assert all(runs[size, lr, seed] < 2 for size, lr, seed in cells)


def test_they_depend_on_the_secret_and_not_on_the_order_of_rows():
    head, *lines = REFERENCE.decode().splitlines()
    turned = "\n".join([head, *reversed(lines)]).encode()
    assert chosen("mlp_adam") == chosen("mlp_adam", turned)
    assert chosen("mlp_adam") != chosen("mlp_adam", secret=SECRETS[1])


def test_off_grid_rates_and_odd_seeds_are_made_again_like_all_others():
    """A table whose every rate lies off the reference's grid leaves nothing out of reach."""
    head, *lines = REFERENCE.decode().splitlines()
    moved = "\n".join([head, *map(_moved, lines)]).encode()
    own = {lr for _, lr, _ in evidence("linear_sgd").table.losses["linear_sgd"]}
    cells = chosen("linear_sgd", moved)
    assert len(cells) == 6
    assert not {lr for _, lr, _ in cells} & own
    assert "Save the table that this code made" in said("linear_sgd", honest, moved)


def _moved(line):
    setting, size, lr, seed, loss = line.split(",")
    return f"{setting},{size},{float(lr) * 1.0173},{int(seed) + 7919},{loss}"


@SETTINGS
@UNDER_SECRETS
def test_the_code_that_made_a_table_stands_behind_it(setting, secret):
    assert said(setting, honest, secret=secret) is None


@cache
def table_of(train_one, setting, data=REFERENCE):
    """The reference's table where the runs that will be made again are this code's: what an honest student saves."""
    X, y, make_model, optimizer = LIBRARY.observer("lr_protocol:load")(setting)
    own = {
        (int(size), lr, int(seed)): float(
            train_one(make_model, optimizer, X, y, lr=lr, batch_size=int(size), n_steps=64, seed=int(seed))
        )
        for size, lr, seed in chosen(setting, data)
    }

    def loss_of(row, loss):
        cell = (int(row["batch_size"]), float(row["lr"]), int(row["seed"]))
        return own.get(cell, loss) if row["setting"] == setting else loss

    return with_losses(loss_of, data)


@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS, ids=lambda loop: loop.__name__)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@SETTINGS
def test_honest_loops_in_either_precision_stand_behind_theirs(setting, dtype, loop):
    train_one = variant(SAMPLERS[3], "by hand", loop, dtype, tensor_returned)
    table = table_of(train_one, setting)
    judge = LIBRARY.property_function("lr_evidence:holds")
    ((arguments),) = LIBRARY.property_function("lr_evidence:cells")(evidence(setting), SECRETS[0])
    seen = LIBRARY.observer("lr_spies:rerun_cells")(train_one, *arguments)
    assert judge(evidence(setting, table), [(arguments, seen)], evidence(setting)) is None


@pytest.mark.parametrize("sampler", SAMPLERS, ids=lambda sampler: sampler.__name__)
def test_every_legal_sampler_is_seen_to_use_rows_of_x(sampler):
    train_one = variant(sampler, "module, squeezed", with_optim, torch.float32, evaluate_plain)
    seen = LIBRARY.observer("lr_spies:rerun_cells")(train_one, "mlp_adam", [[16, 0.01, 3]], 64)[0]
    assert seen["sizes"] == [16] * 64
    assert seen["rows"].min() >= 0


# Ways to cheat. The code beside each table is honest where nothing else is said.

other_stream = variant(SAMPLERS[0], "by hand", with_optim, torch.float32, evaluate_plain)


@TRIED
def test_a_copied_table_is_not_what_other_honest_code_gives(setting, secret):
    assert "Save the table that this code made" in said(setting, other_stream, secret=secret)


@CHEATED
def test_a_table_of_parabolas_with_noise_is_found_out(setting):
    noise = random.Random(1)

    def invented(row, _):
        if row["setting"] != setting:
            return 1.0
        best = evidence(setting).fit.optima[int(row["batch_size"])]
        return 0.2 * math.exp(0.4 * math.log2(float(row["lr"]) / best) ** 2 + noise.gauss(0, 0.02))

    forged = with_losses(invented)
    judge = LIBRARY.property_function("lr_evidence:holds")
    assert judge(evidence(setting, forged), None, evidence(setting)) is None  # by itself it looks right
    assert "Save the table that this code made" in said(setting, honest, forged)


@CHEATED
def test_a_table_of_another_setting_is_found_out(setting):
    """Runs of Adam handed in as runs of SGD, or of the MLP as the linear model's."""
    other = {"linear_sgd": "mlp_sgd", "mlp_sgd": "linear_sgd", "mlp_adam": "mlp_sgd"}[setting]
    lines = REFERENCE.decode().splitlines()
    swapped = [line.replace(other, setting) for line in lines if line.startswith(other)]
    assert said(setting, honest, "\n".join([lines[0], *swapped]).encode()) is not None


@TRIED
def test_a_copied_table_with_jitter_is_found_out_too(setting, secret):
    noise = random.Random(2)
    jittered = with_losses(lambda _, loss: loss * (1 + noise.uniform(-0.02, 0.02)))
    assert "Save the table that this code made" in said(setting, honest, jittered, secret)
    assert "Save the table that this code made" in said(setting, other_stream, jittered, secret)


def looked_up(setting, data, train=True):
    """A `train_one` that returns what the table says; in between it may train for show."""
    runs = evidence(setting, data).table.losses[setting]

    def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        if train:
            other_stream(make_model, optimizer, X, y, lr=lr, batch_size=batch_size, n_steps=n_steps, seed=seed)
        return runs[batch_size, lr, seed]

    return train_one


@TRIED
def test_a_train_one_that_looks_its_losses_up_is_found_out(setting, secret):
    shown = said(setting, looked_up(setting, REFERENCE), secret=secret)
    assert "training on exactly the rows that `train_one` used ends at" in shown
    assert "never called `make_model`" in said(setting, looked_up(setting, REFERENCE, train=False), secret=secret)


def lazy(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return honest(make_model, optimizer, X, y, lr=lr, batch_size=batch_size, n_steps=8, seed=seed)


def scaled(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    return honest(make_model, optimizer, 2 * X, y, lr=lr, batch_size=batch_size, n_steps=n_steps, seed=seed)


@pytest.mark.parametrize(
    ("train_one", "says"),
    [(lazy, "made 8 updates on"), (scaled, "rows that are not of X")],
    ids=["fewer updates", "other data"],
)
def test_training_that_is_not_the_experiment_is_told_so(train_one, says):
    assert says in said("linear_sgd", train_one)


@pytest.mark.parametrize("answer", [math.nan, math.inf, 0.0, -1.0])
def test_a_run_that_returns_something_else_does_not_agree(answer):
    def odd(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
        honest(make_model, optimizer, X, y, lr=lr, batch_size=batch_size, n_steps=n_steps, seed=seed)
        return answer

    assert "but it returned" in said("linear_sgd", odd)


def test_a_forger_cannot_move_every_run_out_of_reach():
    far = with_losses(lambda _, loss: 3 + loss)
    judge = LIBRARY.property_function("lr_evidence:holds")
    assert "worse than before training" in judge(evidence("linear_sgd", far), None, evidence("linear_sgd"))
    agree = LIBRARY.property_function("lr_rerun:reruns_agree")
    assert "none can be made again" in agree(evidence("linear_sgd", far).table, "linear_sgd", [], [])


def test_the_first_column_of_the_data_names_its_rows():
    for setting in GRADED:
        X = LIBRARY.observer("lr_protocol:load")(setting).X
        assert X[:, 0].unique().numel() == len(X)


def test_the_data_is_the_same_whatever_precision_a_students_file_sets():
    usual = LIBRARY.observer("lr_protocol:load")("mlp_sgd")
    torch.set_default_dtype(torch.float64)
    try:
        X, y, _, _ = LIBRARY.observer("lr_protocol:load")("mlp_sgd")
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(X, usual.X)
    assert torch.equal(y, usual.y)
