"""The whole story of one decision: every record, every person's word, in order, and what it comes to."""

import json

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.gradebook import Gradebook, Override
from grader.gradebook.records import digest_of
from grader.gradebook.regrade_requests import Request, RequestAnswer
from grader.grading.score import sum_part
from grader.records import CheckRecord, GradeRecord, Verdict


def record(verdict, score, message, **more):
    check = CheckRecord(
        id="tinya.size", kind="expr", verdict=verdict, score=score, max_score=1, visibility="hidden", message=message,
        answer="m+k\x1b[31m", reading="m + k", proof="refuted", **more,
    )  # fmt: skip
    part = sum_part("tinya", 4.0, [check])
    return GradeRecord(
        submission="ada", files_sha256="f" * 64, problems_sha256="p" * 64, versions={"hw11": "0.1.0"}, parts=(part,),
        isolation="none", score=part.score, max_score=4, awaiting_review=part.awaiting,
    )  # fmt: skip


@pytest.fixture
def explain(tiny, tmp_path):
    """`explain(check, …)` runs the command on a class in which much happened to one check."""
    out = tmp_path / "out"
    with Gradebook(out) as gradebook:
        gradebook.append(record(Verdict.UNDECIDED, None, "we could not decide this", staff="timed out"), "one")
        details = (("called with", "m = 2"), ("called with", "m = 3"), ("message", "it stopped"))
        for digest in ("two", "three"):
            gradebook.append(record(Verdict.WRONG, 0.0, "half the perimeter", details=details), digest)
        at = "2030-01-0{}T00:00:00+00:00".format
        gradebook.requests.add(Request("ada", 1, "tinya.size", "", "I meant the product.", at(1)))
        gradebook.requests.answer(1, RequestAnswer(0.0, 0.5, "marker", "Seen.", at(3)))
        made_on = digest_of("m+k\x1b[31m", "f" * 64)
        gradebook.marking.commit(
            [], [Override("ada", 1, "tinya.size", 0.5, "marker", "meant well", "Nearly.", at(2), made_on)]
        )
        gradebook.marking.commit([], [Override("ada", 1, "tinyb.entries", 1.0, "marker", "another check", "", at(4))])

    def explain(submission, check, *options):
        words = ["explain", out, submission, *([check] if check else []), "--assignment", tiny, *options]
        return CliRunner().invoke(main, [str(word) for word in words])

    return explain


def test_everything_that_happened_is_told_in_order(explain):
    lines = [json.loads(line) for line in explain("ada", "tinya.size", "--json").stdout.splitlines()]
    told = ["graded"] * 3 + ["student asks", "decided", "student is answered", "counts"]
    assert [line["event"] for line in lines] == told
    assert lines[0]["staff"] == "timed out"
    assert (lines[1]["verdict"], lines[1]["proof"]) == ("wrong", "refuted")
    assert lines[1]["called with"] == "m = 2\nm = 3"
    assert lines[1]["message"] == "half the perimeter\nit stopped"
    assert lines[2]["says"] == "the same as before"
    assert (lines[4]["author"], lines[4]["reason"], lines[4]["says"]) == ("marker", "meant well", "Nearly.")
    assert (lines[-1]["verdict"], lines[-1]["score"], lines[-1]["total"]) == ("partial", 0.5, 0.5)
    assert lines[-1]["late"] == ""


def test_a_student_s_story_names_every_check_with_what_it_comes_to(explain):
    told = explain("ada", None)
    assert told.exit_code == 0
    assert "tinya.size: partial, 0.5 of 1" in told.stdout


def test_whether_it_was_late_is_told_where_there_is_a_deadline(explain, tiny):
    (tiny / "problems" / "assignment.yaml").write_text("title: T\nlate: {deadline: 2026-11-20T12:00Z}\n")
    assert "when it was handed in is not known" in explain("ada", "tinya.size").stdout


def test_a_person_reads_lines_and_nothing_typed_reaches_the_terminal_as_a_control(explain):
    told = explain("ada", "tinya.size").stdout
    assert "\x1b[31m" not in told
    assert "⟨U+001B⟩" in told
    assert "another check" not in told
    assert told.index("I meant the product.") < told.index("meant well") < told.index("Seen.") < told.index("counts")


@pytest.mark.parametrize(
    ("submission", "check", "says"),
    [
        ("adda", "tinya.size", "did you mean 'ada'?"),
        ("ada", "tinya.siz", "did you mean 'tinya.size'?"),
        ("ada", "q", "1 are there"),
    ],
)
def test_a_slip_in_a_name_is_told(explain, submission, check, says):
    done = explain(submission, check)
    assert done.exit_code == 2
    assert says in done.stderr
