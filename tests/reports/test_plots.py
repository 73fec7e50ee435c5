"""A student's own measurements, drawn: what is shown to whom, and that nothing but numbers comes from a student."""

import xml.etree.ElementTree as ET

import pytest
from pydantic import ValidationError

from grader.record import Plot
from reports.plots import log_log

OWN = tuple((float(2**k), 0.01 * 1.9**k) for k in range(9))
PLOT = Plot(
    title="Best <rate>",
    description="Slope 0.9.",
    x="batch & size",
    y="best rate",
    own=OWN,
    reference=((1, 0.02), (4, 0.03)),
)


def test_before_release_only_the_own_points_are_drawn():
    figure = log_log(PLOT, released=False)
    assert figure.svg.count("<circle") == len(OWN)
    assert "<rect" not in figure.svg
    assert list(figure.table.columns) == ["batch & size", "best rate (yours)"]
    assert "0.02" not in {cell for row in figure.table.rows for cell in row}


def test_after_release_the_references_lie_beside_them():
    figure = log_log(PLOT, released=True)
    assert figure.svg.count("<rect") == 2
    assert list(figure.table.rows[1]) == ["2", "0.019", "–"]
    assert figure.description == "Slope 0.9. Dashed: the reference's."


@pytest.mark.parametrize("own", [OWN, OWN[:1], ((1e-12, 1e6), (1e6, 1e-12)), ()])
def test_every_drawing_is_well_formed_small_and_always_the_same(own):
    plot = PLOT.model_copy(update={"own": own})
    drawn = [log_log(plot, released=released).svg for released in (True, True, False)]
    assert drawn[0] == drawn[1]
    for svg in filter(None, drawn):
        ET.fromstring(svg)  # our own markup
        assert "nan" not in svg
        assert len(svg) < 20_000


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, -1.0, "<b>"])
def test_what_has_no_place_on_a_logarithmic_axis_is_refused(value):
    with pytest.raises(ValidationError):
        Plot(title="t", description="d", x="x", y="y", own=((1.0, value),))
