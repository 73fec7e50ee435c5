"""One number everywhere: class page, pages of parts, records, reports, cards, stories, every export, and releases.

A class in which everything happened that changes a number, walked place by place.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter

import pytest
from click.testing import CliRunner
from local_browser import ORIGIN, Browser, local_access

from grader.assignment.load import load_assignment
from grader.cli import main
from grader.gradebook import Gradebook, Override
from grader.gradebook.holds import Hold
from grader.gradebook.records import TOTAL, made_on
from grader.grading.score import sum_part
from grader.records import CheckRecord, GradeRecord, Verdict
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.roster import find_roster
from grader.review.app import Application
from grader.review.service import ReviewService
from grader.submission.model import SubmissionSource
from reports.words import WORDS

POLICY = """\
title: Tiny
attempts: best
late: {deadline: 2026-11-20T12:00+00:00, per_day: 10 %, slip_days: 2}
"""
ROSTER = """\
id,name,email,section,extra_days,slip_days,excused
1,Ada,ada@uni.example,A,,,
2,Bob,bob@uni.example,A,,1,
3,Cyd,cyd@uni.example,B,3,,
4,Dan,dan@uni.example,B,,0,
5,Eve,eve@uni.example,B,,,yes
6,Fay,fay@uni.example,A,,,
7,Gus,gus@uni.example,A,,,
"""
IN_TIME, ONE_DAY, THREE_DAYS = (f"2026-11-{day}T10:00:00+00:00" for day in (20, 21, 23))
LEAD = r'<span class="number">([\d.]+)</span>'
"""The total that a report begins with."""
HANDED_IN = {"ada": IN_TIME, "bob": THREE_DAYS, "cyd": THREE_DAYS, "dan": ONE_DAY, "eve": THREE_DAYS, "fay": ONE_DAY}
GUS = {"gus-1": (1, ONE_DAY, 1.0), "gus-2": (2, THREE_DAYS, 0.25)}
"""Two attempts: the earlier is the better one, and counts."""


def record(assignment, submission, student, submitted_at, share=0.75, attempt=1):
    def checked(check):
        facts = {"kind": check.kind, "max_score": check.points, "bonus": check.bonus, "visibility": check.visibility}
        waits = check.id == "tinya.why"
        score = None if waits else round(check.points * share, 3)
        verdict = Verdict.NEEDS_REVIEW if waits else Verdict.PARTIAL
        return CheckRecord(id=check.id, verdict=verdict, score=score, answer=f"{submission} says", **facts)

    made = tuple(sum_part(one.id, one.points, tuple(map(checked, one.checks))) for one in assignment.parts)
    return GradeRecord(
        submission=submission,
        student=student,
        attempt=attempt,
        submitted_at=submitted_at,
        files_sha256=submission,
        problems_sha256=assignment.sha256,
        versions={},
        score=sum(one.score for one in made),
        max_score=sum(one.max_score for one in made),
        awaiting_review=sum(one.awaiting for one in made),
        isolation="none",
        parts=made,
    )


@pytest.fixture
def course(tiny, tmp_path):
    """Marks, a penalty, a bonus, a part's bonus beyond its most, one taken back, and a hold that was let go."""
    (tiny / "problems" / "assignment.yaml").write_text(POLICY)
    assignment, out = load_assignment(tiny), tmp_path / "graded"
    with Gradebook(out) as gradebook:
        (out / "roster.csv").write_text(ROSTER)
        for number, (name, at) in enumerate(HANDED_IN.items(), start=1):
            gradebook.append(record(assignment, name, {"id": str(number), "moodle": str(number)}, at), "made")
        for name, (attempt, at, share) in GUS.items():
            gradebook.append(record(assignment, name, {"id": "7", "moodle": "7"}, at, share, attempt), "made")
        for graded in gradebook.attempts():
            for target, score in _decided(graded):
                check = next((c for p in graded.parts for c in p.checks if c.id == target), None)
                digest = made_on(graded, check) if check else ""
                where = (graded.submission, graded.attempt, target)
                gradebook.marking.commit(
                    [], [Override(*where, score, "grace", "so it is", "As we said.", digest=digest)]
                )
            stored = {"answers.yaml": f"class/{graded.submission}_{graded.attempt}_7_answers.yaml"}
            source = SubmissionSource(graded.submission, tmp_path, graded.attempt, members=stored, platform="Canvas")
            gradebook.gradings.add(source, 0.0, {})
        gradebook.holds.add(Hold("eve", "tinyb", "grace", "a talk"))
        gradebook.holds.add(Hold("eve", "tinyb", "grace", "talked", holds=False))
        service = ReviewService(gradebook, assignment, roster=lambda: find_roster(out, None))
        service.read_again()
        yield gradebook, assignment, tiny, service


def _decided(graded):
    yield "tinya.why", 0.5
    yield from {
        "ada": [(TOTAL, -0.5)],
        "bob": [("tinya.size", 0.0), ("tinya", 0.25)],
        "cyd": [("tinyb", 99.0)],
        "dan": [(TOTAL, 1.0), (TOTAL, None)],
        "fay": [(TOTAL, -99.0)],
    }.get(graded.submission, ())


def hw11(root, *words):
    done = CliRunner().invoke(main, [*map(str, words), "--assignment", str(root)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def rows(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def numbers(pattern, text):
    return [float(one) for one in re.findall(pattern, text)]


NAMES = ("Ada", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus")


def from_moodle(root, out, folder, records):
    theirs = folder / "moodle.csv"
    people = [f"Participant {n},{who},{n}@uni.example,,," for n, who in enumerate(NAMES, 1)]
    theirs.write_text("\n".join(["Identifier,Full name,Email address,Status,Grade,Feedback comments", *people, ""]))
    hw11(root, "export", out, "--to", "moodle", "--template", theirs, "--out", folder / "filled.csv")
    filled = rows((folder / "filled.csv").read_text(encoding="utf-8-sig"))
    by_number = {f"Participant {one.student['moodle']}": one.submission for one in records}
    return {by_number[row["Identifier"]]: float(row["Grade"]) for row in filled}


def from_canvas(root, out, folder, records):
    theirs = folder / "canvas.csv"
    most = f"    Points Possible,,,,,{records[0].max_score:g}"
    people = [f"{who},{n + 100},{n},{who.lower()},A," for n, who in enumerate(NAMES, 1)]
    theirs.write_text("\n".join(["Student,ID,SIS User ID,SIS Login ID,Section,Tiny (7)", most, *people, ""]))
    hw11(root, "export", out, "--to", "canvas", "--template", theirs, "--out", folder / "filled.csv")
    filled = rows((folder / "filled.csv").read_text(encoding="utf-8-sig"))[1:]
    by_number = {one.student["id"]: one.submission for one in records}
    return {by_number[row["SIS User ID"]]: float(row["Tiny (7)"]) for row in filled}


def from_feedback(root, out, folder, records):
    """The total that each report in the zips for Moodle and Canvas begins with."""
    by_number = {one.student["moodle"]: one.submission for one in records}
    whose = {
        "moodle-feedback": lambda file: by_number[file.split("_")[1]],
        "canvas-feedback": lambda file: file.split("_")[0],
    }
    found = {}
    for name, owner in whose.items():
        hw11(root, "export", out, "--to", name, "--out", folder / f"{name}.zip")
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            pages = {owner(file): archive.read(file).decode() for file in archive.namelist()}
        found[name] = {who: numbers(LEAD, page)[0] for who, page in pages.items()}
    return found


def test_every_place_shows_the_same_numbers(course, tmp_path):
    gradebook, assignment, root, service = course
    out = gradebook.folder
    records = effective_class(Course(gradebook, assignment, find_roster(out, None)))
    totals = {one.submission: one.score for one in records}
    parts = {one.submission: {part.id: part.score for part in one.parts} for one in records}
    assert sorted(totals) == [*HANDED_IN, "gus-1"], "the better attempt counts alone"
    assert {one.submission: one.slip_days_used for one in records if one.slip_days_used} == {
        "bob": 1,
        "fay": 1,
        "gus-1": 1,
    }
    assert totals["fay"] == 0
    assert len(set(totals.values())) > 4, "a class in which numbers differ"

    hw11(root, "release", out)
    seen = {"record": {}, "report": {}, "card": {}, "explain": {}}
    of_parts = {"record": {}, "report": {}, "card": {}, "explain": {}}
    access = local_access(Application(service, None).app)
    browser = Browser(access, origin=ORIGIN)
    browser.get(access.invite("ada"))
    for name in totals:
        kept = json.loads((out / "records" / f"{name}.json").read_text(encoding="utf-8"))
        seen["record"][name] = kept["score"]
        of_parts["record"][name] = {part["id"]: part["score"] for part in kept["parts"]}
        report = (out / "reports" / f"{name}.html").read_text(encoding="utf-8")
        (seen["report"][name],) = numbers(LEAD, report)
        heads = re.findall(r'id="(tiny[ab])">.*?<span class="score">\s*([\d.]+)', report, re.S)
        of_parts["report"][name] = {part: float(score) for part, score in heads}
        card = browser.get(f"/student/{name}").text
        (seen["card"][name],) = numbers(r'<p class="lead"><strong>([\d.]+)</strong>', card)
        shown = re.findall(r'id="part-(\w+)">\w+ <span class="of">([\d.]+) of', card)
        of_parts["card"][name] = {part: float(score) for part, score in shown}
        story = [json.loads(line) for line in hw11(root, "explain", out, name, "--json").splitlines()]
        seen["explain"][name] = story[-1]["total"]
        told = [one for one in story if one["event"].startswith("part ")]
        of_parts["explain"][name] = {one["event"].removeprefix("part "): one["score"] for one in told}

    page = (out / "index.html").read_text(encoding="utf-8")
    listed = re.findall(r'<a href="reports/([\w-]+)\.html">[^<]*</a></th><td>[^<]*</td><td class="n">([\d.]+)<', page)
    seen["class page"] = {name: float(score) for name, score in listed}
    hw11(root, "export", out, "--to", "csv", "--out", tmp_path / "csv")
    for place, file in {"grades.csv": out / "grades.csv", "csv": tmp_path / "csv/submissions.csv"}.items():
        table = rows(file.read_text(encoding="utf-8-sig"))
        seen[place] = {row["submission"]: float(row["score"]) for row in table}
        of_parts[place] = {row["submission"]: {part: float(row[part]) for part in ("tinya", "tinyb")} for row in table}
        used = {row["submission"]: int(row["slip_days_used"]) for row in table}
        assert used == {one.submission: one.slip_days_used for one in records}
        late = {row["submission"]: float(row["late_deduction"]) for row in table}
        assert late == {one.submission: one.late_deduction for one in records}
    seen |= {"moodle": from_moodle(root, out, tmp_path, records), "canvas": from_canvas(root, out, tmp_path, records)}
    seen |= from_feedback(root, out, tmp_path, records)
    hw11(root, "export", out, "--to", "gradescope", "--out", tmp_path / "gradescope")
    for name in totals:
        result = json.loads((tmp_path / "gradescope" / name / "results.json").read_text(encoding="utf-8"))
        seen.setdefault("gradescope", {})[name] = result["score"]
    hw11(root, "export", out, "--to", "otter", "--out", tmp_path / "otter.csv")
    of_otter = [row for row in rows((tmp_path / "otter.csv").read_text(encoding="utf-8-sig")) if row["file"] in totals]
    seen["otter"] = {row["file"]: float(row["total_points_earned"]) for row in of_otter}
    of_parts["otter"] = {row["file"]: {part: float(row[part]) for part in ("tinya", "tinyb")} for row in of_otter}
    seen["released"] = {name: one.score for name, one in gradebook.releases.latest().results.items()}

    for place, found in seen.items():
        assert found == pytest.approx(totals, abs=0.005), place
    for place, found in of_parts.items():
        for name, scores in found.items():
            assert scores == pytest.approx(parts[name], abs=0.005), (place, name)
    checks = rows((tmp_path / "csv/checks.csv").read_text(encoding="utf-8-sig"))
    summed = {name: sum(float(row["score"]) for row in checks if row["submission"] == name) for name in totals}
    assert summed["dan"] == pytest.approx(sum(parts["dan"].values()))


def test_pages_of_parts_count_what_the_records_say(course):
    gradebook, assignment, root, _ = course
    out = gradebook.folder
    hw11(root, "release", out)
    records = effective_class(Course(gradebook, assignment, find_roster(out, None)))
    page = (out / "index.html").read_text(encoding="utf-8")
    for part in assignment.parts:
        of_part = (out / "parts" / f"{part.id}.html").read_text(encoding="utf-8")
        row = re.search(rf'<a href="parts/{part.id}.html">.*?</tr>', page)[0]
        points, mean, facility, *_ = numbers(r'<td class="n">([\d.]+)</td>', row)
        scores = [one.score for record in records for one in record.parts if one.id == part.id]
        assert points == part.points
        assert mean == pytest.approx(sum(scores) / len(scores), abs=0.005)
        assert numbers(r"facility ([\d.]+)", of_part) == [facility]
        for check in part.checks:
            section = re.search(rf'<section id="{re.escape(check.id)}".*?</p>', of_part, re.S)[0]
            told = re.findall(r"</svg> ([^<]+)</span> (\d+)", section)
            given = [one for record in records for of in record.parts for one in of.checks if one.id == check.id]
            assert {word: int(n) for word, n in told} == Counter(WORDS[one.verdict].word for one in given), check.id


def test_a_release_of_what_is_out_already_writes_nothing(course):
    gradebook, _, root, _ = course
    out = gradebook.folder
    hw11(root, "release", out)

    def there():
        files = (file for file in out.rglob("*") if file.is_file() and file.name != "gradebook.lock")
        return {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in files}

    before = there()
    done = CliRunner().invoke(main, ["release", str(out), "--assignment", str(root)], catch_exceptions=False)
    assert "7 results are out" in done.stderr
    assert "0 of them for the first time; nobody differs from what was told before; 0 reports written" in done.stderr
    assert there() == before


@pytest.mark.parametrize("elsewhere", [False, True])
def test_who_is_forgotten_leaves_everybody_else_s_numbers_and_is_on_no_page(course, tmp_path, elsewhere):
    gradebook, _, root, _ = course
    roster = [] if not elsewhere else ["--roster", (gradebook.folder / "roster.csv").rename(tmp_path / "who.csv")]
    hw11(root, "report", gradebook.folder, *roster)
    (gradebook.folder / "similar.html").write_text("ada and bob share a function")
    before = {row["submission"]: row for row in rows((gradebook.folder / "grades.csv").read_text(encoding="utf-8"))}
    hw11(root, "forget", gradebook.folder, "ada", "--yes", *roster)
    after = {row["submission"]: row for row in rows((gradebook.folder / "grades.csv").read_text(encoding="utf-8"))}
    assert after == {name: row for name, row in before.items() if name != "ada"}
    pages = [file for file in gradebook.folder.rglob("*") if file.suffix in (".html", ".csv", ".json")]
    assert [file.name for file in pages if re.search(r"\bada\b", file.read_text()) and file.name != "roster.csv"] == []
