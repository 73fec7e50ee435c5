"""A student's own measurements, drawn: what is shown to whom, and that nothing but numbers comes from a student."""

import xml.etree.ElementTree as ET

import pytest
from pydantic import ValidationError

from grader.records import EVERY_PART, CheckRecord, Curve, Curves, GradeRecord, PartRecord, Plot, Verdict
from reports.plots import own_alone, own_plots

OWN = tuple((float(2**k), 0.01 * 1.9**k) for k in range(9))
U_CURVE = ((0.01, 1.0), (0.02, 0.25), (0.04, 1.0))
CURVES = Curves(
    title="Loss",
    description="Of your runs.",
    x="rate <r>",
    y="loss",
    members=(
        Curve(title="size & 1", own=U_CURVE, reference=((0.01, 2.0), (0.0321, 0.5)), own_at=0.02, reference_at=0.0321),
        Curve(title="size 2", own=U_CURVE[:1]),
        Curve(title="size 4", own=()),
    ),
)
PLOT = Plot(
    title="Best <rate>",
    description="Slope 0.9.",
    x="batch & size",
    y="best rate",
    own=OWN,
    reference=((1, 0.02), (4, 0.0321)),
    curves=CURVES,
)


def drawn(plot, *, released):
    facts = {"kind": "table", "score": 0.0, "max_score": 1.0, "visibility": "hidden"}
    checks = (
        CheckRecord(id="p.runs", verdict=Verdict.WRONG, plot=plot, **facts),
        CheckRecord(id="p.other", verdict=Verdict.WRONG, **facts),
    )
    parts = (
        PartRecord(id="p", score=0, max_score=1, checks=checks),
        PartRecord(id="q", score=0, max_score=1, checks=()),
    )
    record = GradeRecord(
        submission="ada",
        files_sha256="",
        problems_sha256="",
        versions={},
        score=0,
        max_score=2,
        awaiting_review=0,
        isolation="",
        parts=parts,
    )
    return own_plots(record, released=released)


def figures(plot=PLOT, *, released=()):
    return drawn(plot, released=released)["p"]


def elements(figure, name):
    """Every element of this name in every drawing of a figure; our own markup must be well-formed."""
    return [found for found in ET.fromstring(f"<all>{figure.svg}</all>").iter(name)]


def dashed(figure):
    return [path for path in elements(figure, "path") if "stroke-dasharray" in path.attrib]


def test_only_parts_that_measured_something_have_drawings():
    assert set(drawn(PLOT, released=EVERY_PART)) == {"p"}
    assert drawn(None, released=EVERY_PART) == {}


def test_the_curves_come_first_and_what_was_read_from_them_below():
    assert [figure.title for figure in figures()] == ["Loss", "Best <rate>"]
    assert [figure.title for figure in figures(PLOT.model_copy(update={"curves": None}))] == ["Best <rate>"]


def test_before_release_nothing_of_the_references_is_drawn_or_told():
    for figure in figures():
        assert not elements(figure, "rect")
        assert not dashed(figure)
        assert "reference" not in figure.description
        assert not any("reference" in column for column in figure.columns)
        cells = {cell for row in figure.rows for cell in row}
        assert not cells & {"0.0321", "2", "0.5"} - {f"{x:g}" for x, _ in OWN}


def test_what_is_left_without_the_reference_is_the_students():
    alone = own_alone(PLOT)
    assert "0.0321" not in alone.model_dump_json()
    assert (alone.own, alone.curves.members[0].own) == (PLOT.own, U_CURVE)


def test_after_release_the_references_lie_beside_them():
    curves, optima = figures(released=EVERY_PART)
    assert (len(elements(optima, "rect")), len(dashed(optima))) == (2, 1)
    assert (len(elements(curves, "rect")), len(dashed(curves))) == (1, 1)
    assert list(optima.rows[1]) == ["2", "0.019", "–"]
    assert list(curves.columns) == ["curve", "rate <r>", "loss (yours)", "loss (reference)"]
    assert list(curves.rows[0]) == ["size & 1", "0.01", "1", "2"]
    assert optima.description == "Slope 0.9. Solid with a circle: yours. Dashed with a square: the reference's."


def test_shape_and_dash_tell_them_apart_without_colour():
    optima = figures(released=EVERY_PART)[1]
    assert {circle.get("fill") for circle in elements(optima, "circle")} == {"var(--link, currentColor)"}
    assert {square.get("fill") for square in elements(optima, "rect")} == {None}


def test_every_curve_has_a_drawing_of_its_own_on_the_same_axes():
    curves, _ = figures()
    drawings = elements(curves, "svg")
    assert [next(text for text in svg.iter("text") if "size" in (text.text or "")).text for svg in drawings] == [
        "size & 1",
        "size 2",
        "size 4",
    ]
    ticks = [[text.text for text in svg.iter("text") if "size" not in (text.text or "")] for svg in drawings]
    assert ticks[0] == ticks[1] == ticks[2]


def test_the_circle_lies_on_the_curve_where_it_is_lowest():
    curves, _ = figures()
    (circle,) = elements(curves, "circle")
    (path,) = [path for path in elements(curves, "path") if path.get("stroke-width") == "2"]
    assert f"{circle.get('cx')} {circle.get('cy')}" in path.get("d")


def test_a_mark_beyond_the_curve_stays_at_its_end():
    beyond = CURVES.members[0].model_copy(update={"own_at": 9.0})
    curves, _ = figures(PLOT.model_copy(update={"curves": CURVES.model_copy(update={"members": (beyond,)})}))
    (circle,) = elements(curves, "circle")
    assert 0 < float(circle.get("cy")) < 120


def test_a_table_without_any_point_has_no_drawing():
    empty = CURVES.model_copy(update={"members": (CURVES.members[2],)})
    assert drawn(PLOT.model_copy(update={"own": (), "reference": (), "curves": empty}), released=EVERY_PART) == {}


@pytest.mark.parametrize(
    "own",
    [
        OWN,
        OWN[:1],
        ((1e-12, 1e6), (1e6, 1e-12)),
        ((1e-300, 1e-30), (1e300, 100)),
        ((5e-324, 1.7e308), (1.7e308, 5e-324)),
    ],
)
@pytest.mark.parametrize("released", [(), EVERY_PART], ids=["before", "after"])
def test_every_drawing_is_well_formed_small_and_always_the_same(own, released):
    member = CURVES.members[0].model_copy(update={"own": own, "own_at": own[0][0]})
    plot = PLOT.model_copy(update={"own": own, "curves": CURVES.model_copy(update={"members": (member,) * 9})})
    first, again = figures(plot, released=released), figures(plot, released=released)
    assert [figure.svg for figure in first] == [figure.svg for figure in again]
    for figure in first:
        assert elements(figure, "svg")
        assert "nan" not in figure.svg
        assert len(figure.svg) < 25_000


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0, -1.0, "<b>"])
def test_what_has_no_place_on_a_logarithmic_axis_is_refused(value):
    with pytest.raises(ValidationError):
        Plot(title="t", description="d", x="x", y="y", own=((1.0, value),))
    with pytest.raises(ValidationError):
        Curve(title="t", own=((value, 1.0),))


def test_more_than_a_page_can_hold_is_refused():
    with pytest.raises(ValidationError):
        Curve(title="t", own=((1.0, 1.0),) * 33)
