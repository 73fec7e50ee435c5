"""`hw11 run sweep`: its files, its options, and a figure that is the same every time."""

from __future__ import annotations

import json

import numpy as np
import pytest

from reference.experiments.baseline import reference_slopes, reference_sweep
from reference.experiments.fit import band, slopes
from reference.experiments.given import BATCH_SIZES, SETTINGS
from reference.experiments.protocol import STEPS
from reference.experiments.sweep import expected_optima, main

from lr_code_checks import LIBRARY  # isort: skip


@pytest.fixture(scope="module")
def figures():
    """The module that draws; it imports matplotlib, which no worker needs to collect tests."""
    from reference.experiments import figures

    return figures


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    out = tmp_path_factory.mktemp("sweep") / "deep" / "down"
    main(["--out", str(out), "--setting", "linear_sgd,linear_adam", "--seeds", "3", "--device", "cpu"])
    return out


def test_it_writes_table_summary_and_figure(written):
    names = {"lr_scaling.csv", "summary.json", "lr_scaling.svg", "lr_scaling.png"}
    assert {path.name for path in written.iterdir()} == names


def test_its_table_is_one_that_students_could_hand_in(written):
    table = LIBRARY.property_function("lr_table:read_table")((written / "lr_scaling.csv").read_bytes())
    assert set(table.losses) == {"linear_sgd", "linear_adam"}
    assert len(table.losses["linear_sgd"]) == len(BATCH_SIZES) * len(STEPS.learning_rates["sgd"]) * 3


def test_its_summary_holds_optima_exponents_and_the_gap(written):
    summary = json.loads((written / "summary.json").read_text())
    linear = summary["settings"]["linear_sgd"]
    assert linear["exponent"]["low"] < linear["exponent"]["slope"] < linear["exponent"]["high"]
    assert list(linear["best_lr"]) == [str(size) for size in BATCH_SIZES]
    assert summary["sgd_minus_adam"]["linear"]["slope"] > 0.3
    assert "mlp" not in summary["sgd_minus_adam"]


def test_progress_goes_to_stderr_and_nothing_to_stdout(tmp_path, capfd, monkeypatch, figures):
    monkeypatch.setattr(figures, "save", lambda figure, stem: [])
    main(["--out", str(tmp_path), "--setting", "linear_sgd", "--seeds", "2", "--device", "cpu"])
    out, err = capfd.readouterr()
    assert out == ""
    assert "linear_sgd" in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "--out"),
        (["--out", "x", "--setting", "resnet"], "no setting 'resnet'"),
        (["--out", "x", "--seeds", "1"], "at least 2 seeds"),
        (["--out", "x", "--protocol", "epochs"], "invalid choice"),
    ],
)
def test_unusable_options_are_refused(options, says, capsys):
    with pytest.raises(SystemExit):
        main(options)
    assert says in capsys.readouterr().err


@pytest.mark.slow
def test_the_same_sweep_gives_the_same_svg_with_every_series_in_it(tmp_path, figures):
    sweeps = [reference_sweep(setting) for setting in ("linear_sgd", "mlp_adam")]
    found = [reference_slopes()[sweep.setting] for sweep in sweeps]
    own = {"mlp_adam": (BATCH_SIZES, np.full(len(BATCH_SIZES), 0.01))}
    texts = []
    for name in ("one", "two"):
        figure = figures.draw(sweeps, found, "heading", expected=expected_optima(STEPS), own=own)
        lower = [axes for axes in figure.axes if axes.get_xlabel() == "batch size B"]
        assert len({axes.get_ylim() for axes in lower}) == 1
        svg, _ = figures.save(figure, tmp_path / name)
        texts.append(svg.read_text())
    assert texts[0] == texts[1]
    assert "<dc:date>" not in texts[0]
    for gid in ("linear_sgd-u-16", "linear_sgd-exact", "linear_sgd-band", "mlp_adam-optima", "mlp_adam-own"):
        assert f'id="{gid}' in texts[0]
    assert "mlp_adam-exact" not in texts[0]


def test_the_band_holds_the_fit():
    found = slopes(reference_sweep("linear_sgd"))
    low, high = band(found, BATCH_SIZES)
    line = 2.0**found.intercept * np.array(BATCH_SIZES) ** found.exponent.value
    assert ((low <= line) & (line <= high)).all()


def test_every_setting_has_a_title(figures):
    assert set(figures.TITLES) == set(SETTINGS)
