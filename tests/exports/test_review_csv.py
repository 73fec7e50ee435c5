"""Marking in a spreadsheet: out, through whatever a spreadsheet does, and back without a loss."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exports.base import Wishes, export
from grader.exports.review_import import read_review
from grader.gradebook import Override
from grader.gradebook.records import made_on


@pytest.fixture
def table(graded):
    """The rows as a spreadsheet shows them, by the submission that each is about."""
    content = export("review-csv", graded, Wishes()).files["review.csv"]
    found = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    return {"cem" if "rows" in row["answer"] else "hao": row for row in found}


@pytest.fixture
def read(graded, tmp_path):
    def read(rows, overrides=(), among=graded, **dialect):
        path = tmp_path / "review.csv"
        path.write_bytes(spelled(list(rows), **dialect))
        return read_review(path, among, list(overrides), "tina")

    return read


def spelled(rows, delimiter=",", end="\n", mark=b"", encoding="utf-8", quoting=csv.QUOTE_MINIMAL):
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return mark + buffer.getvalue().encode(encoding)


def marked(row, **cells):
    return {**row, **cells}


def test_one_row_for_each_answer_that_waits_and_nobody_is_named(graded, table, golden):
    golden("review.csv", export("review-csv", graded, Wishes()).files["review.csv"])
    assert set(table) == {"cem", "hao"}
    assert table["cem"]["answer"].startswith("'=1+1, because\nthe matrix")
    assert table["cem"]["rubric"] == "1: says why (0.5)"
    text = str(table)
    for secret in ("Hao Ono", "ada@uni.example", "/home/hao", "u0008", "O'Brien"):
        assert secret not in text


def test_what_is_right_and_waits_for_another_check_alone_is_no_row(graded, table):
    """On the desk it is no entry either: only what it counts beside is decided by a person."""
    ada = next(one for one in graded.records if one.submission == "ada")
    first, *others = ada.parts[0].checks
    part = ada.parts[0].model_copy(update={"checks": (first.model_copy(update={"score": None}), *others)})
    waits = replace(graded, records=[ada.model_copy(update={"parts": (part, *ada.parts[1:])})])
    assert export("review-csv", waits, Wishes()).facts == {"answers": 0}


DIALECTS = [
    {},
    {"delimiter": ";", "end": "\r\n", "mark": b"\xef\xbb\xbf"},
    {"delimiter": "\t", "mark": b"\xff\xfe", "encoding": "utf-16-le"},
    {"quoting": csv.QUOTE_ALL, "end": "\r\n"},
]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_marks_come_back_through_every_dialect(read, table, dialect):
    comment = 'Good; but “why”?\nSecond line, with "quotes" and ü'
    reading = read([marked(table["cem"], score="0.25", comment=comment), marked(table["hao"], items="1")], **dialect)
    assert reading.faults == []
    assert [(one.submission, one.check_id, one.score, one.says) for one in reading.marks] == [
        ("cem", "tinya.why", 0.25, comment),
        ("hao", "tinya.why", 0.5, ""),
    ]
    assert [one.author for one in reading.marks] == ["tina", "tina"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    comment=st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40).map(str.strip),
    score=st.integers(0, 50).map(lambda n: n / 100),
    dialect=st.sampled_from(DIALECTS),
)
def test_any_comment_and_score_survive(read, table, comment, score, dialect):
    from grader.files.csv_cells import guarded

    (decision,) = read([marked(table["cem"], score=f"{score:.2f}", comment=guarded(comment))], **dialect).marks
    assert (decision.score, decision.says) == (pytest.approx(score), comment)


def test_an_empty_score_is_no_mark_and_never_a_zero(read, table):
    reading = read([table["cem"], marked(table["hao"], score="0")])
    assert [(one.submission, one.score) for one in reading.marks] == [("hao", 0.0)]
    assert reading.unmarked == 1


@pytest.mark.parametrize(
    ("typed", "score"), [("0,25", 0.25), (".5", 0.5), ("0", 0.0), (" 0.50 ", 0.5), ("00.5", 0.5), ("0.", 0.0)]
)
def test_scores_as_people_type_them(read, table, typed, score):
    assert read([marked(table["cem"], score=typed)]).marks[0].score == score


@pytest.mark.parametrize(("items", "score"), [("1", 0.5), ("none", 0.0), ("-", 0.0), ("0", 0.0), ("1, 1", 0.5)])
def test_items_as_people_type_them(read, table, items, score):
    (decision,) = read([marked(table["cem"], items=items)]).marks
    assert decision.score == score
    assert f"items {items}" in decision.reason
    assert decision.reason.startswith("marked in review.csv:2")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"score": "0.75"}, "0.75 is more than the 0.5 that can be earned"),
        ({"score": "-0.25"}, "'-0.25' is not a score"),
        ({"score": "1. Mai"}, "'1. Mai' is not a score: write a number such as 0.5"),
        ({"items": "1 2"}, "there is no item '2' — allowed: 1 to 1, or none"),
        ({"items": "1", "score": "0.25"}, "items 1 make 0.5, score says 0.25"),
        ({"comment": "see me"}, "a comment, but neither items nor a score"),
        ({"score": "0.5", "check": "tinya.whi"}, "there is no check 'tinya.whi' — did you mean 'tinya.why'?"),
        ({"score": "0.5", "check": "tinya.size"}, "is an answer to tinya.why, not to tinya.size"),
        ({"score": "0.5", "entry": "a-0000000000000000"}, "there is no answer 'a-0000000000000000' in this gradebook"),
        ({"score": "0.5", "stamp": "t-0"}, "the answer has changed since the table was made"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_by_file_and_line(read, table, cells, says):
    reading = read([marked(table["cem"], **cells), marked(table["hao"], score="0.5")])
    assert [one.submission for one in reading.marks] == ["hao"]
    (fault,) = reading.faults
    assert "review.csv:2: " in fault
    assert says in fault


def test_an_answer_that_changed_meanwhile_is_not_marked(read, table, graded):
    record = next(one for one in graded.records if one.submission == "cem")
    again = record.model_copy(update={"attempt": 2})
    among = replace(graded, records=[again])
    assert "has changed" in read([marked(table["cem"], score="0.5")], among=among).faults[0]


def decided(graded, score, says="", author="tom"):
    """The class after somebody marked cem's answer, and the decision that did it."""
    cem = next(one for one in graded.records if one.submission == "cem")
    why = next(check for part in cem.parts for check in part.checks if check.id == "tinya.why")
    at = "2026-11-21T10:00:00+00:00"
    override = Override("cem", 1, "tinya.why", score, author, "desk", says, at, made_on(cem, why))
    records = []
    for record in graded.records:
        if record.submission == "cem":
            part = record.parts[0]
            checks = [c.model_copy(update={"score": score}) if c.id == "tinya.why" else c for c in part.checks]
            parts = (part.model_copy(update={"checks": tuple(checks)}), *record.parts[1:])
            record = record.model_copy(update={"parts": parts})
        records.append(record)
    return replace(graded, records=records), [override]


@pytest.mark.parametrize(
    ("score", "says", "author", "decisions", "faults"),
    [
        (0.25, "", "tom", 0, ["marked differently by tom meanwhile: 0.25 points (2026-11-21T10:00:00+00:00)"]),
        (0.5, "other words", "tom", 0, ["marked differently by tom"]),
        (0.5, "fine", "tom", 0, []),
        (0.25, "fine", "tina", 1, []),
    ],
    ids=["another score", "another comment", "the same", "one's own"],
)
def test_what_somebody_else_marked_meanwhile_stays(read, table, graded, score, says, author, decisions, faults):
    among, overrides = decided(graded, score, says, author)
    reading = read([marked(table["cem"], score="0.5", comment="fine")], overrides, among)
    assert len(reading.marks) == decisions
    assert len(reading.faults) == len(faults)
    assert all(wanted in told for wanted, told in zip(faults, reading.faults, strict=True))


def test_two_rows_about_one_answer_must_agree(read, table):
    half, none = marked(table["cem"], score="0.5"), marked(table["cem"], score="0")
    assert "line 2 marks the same answer differently" in read([half, none]).faults[0]
    assert len(read([half, half]).marks) == 1


def test_rows_may_name_their_marker(read, table):
    assert read([marked(table["cem"], score="0", author="tom")]).marks[0].author == "tom"


def test_columns_may_be_moved_and_added(read, table):
    row = marked(table["cem"], score="0.5", weather="rain")
    assert len(read([dict(reversed(row.items()))]).marks) == 1


def test_another_table_is_refused(tmp_path, graded):
    path = tmp_path / "grades.csv"
    path.write_text("submission,score\nada,1\n")
    with pytest.raises(UsageError, match="no column entry, check, items, comment, stamp"):
        read_review(path, graded, [], "tina")
