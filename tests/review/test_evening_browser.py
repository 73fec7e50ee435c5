"""A whole evening of a class of sixty in a real browser: grade, card, desk, table, pairs, release, request, change."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_class import write_homework
from desk_server import Served
from headless import IN_A_BROWSER, PATIENCE, accessible

from grader.assignment.load import load_assignment
from grader.gradebook import Gradebook
from grader.gradebook.pending import entry_key
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.roster import find_roster

pytestmark = IN_A_BROWSER
SIZE = 60
ODD = "(a+b)^3 - 7*a"
"""A wrong answer that two hand in, one of them spelled otherwise."""


def answers(number: int) -> str:
    area = (
        ODD
        if number == 7
        else "a^3 + 3 a^2 b + 3 a b^2 + b^3 - 7 a"
        if number == 31
        else "a*b"
        if number % 3
        else "a+b"
    )
    why = f"Unit squares fill it in rows, and there are {number} things more that I could say of $a b$ here."
    return f"wa:\n  area: {area}\n  twice: 2*a*b\n  why: {why}\n  more: Something else, number {number}.\n"


def hand_in(folder: Path) -> None:
    """Sixty from mixed sources: folders, zip files and notebooks; one file is nobody's."""
    folder.mkdir()
    for number in range(SIZE):
        name, text = f"s{number:02}", answers(number)
        if number % 3 == 0:
            (folder / name).mkdir()
            (folder / name / "answers.yaml").write_text(text, encoding="utf-8")
        elif number % 3 == 1:
            with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
                archive.writestr("work/answers.yaml", text)
        else:
            cell = {"cell_type": "code", "source": f'answers = r"""\n{text}"""', "outputs": [], "metadata": {}}
            notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
            (folder / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (folder / "lost.csv").write_bytes(b"no submission")


class Evening:
    """The folder of the class, its commands, and the numbers that its files show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "graded"
        write_homework(folder / "homework")
        hand_in(folder / "in")
        self.out.mkdir()
        rows = [f"s{number:02},Student {number:02},{'AB'[number % 2]}" for number in range(SIZE)]
        (self.out / "roster.csv").write_text("\n".join(["id,name,section", *rows, "zoe,Zoe,A"]), encoding="utf-8")

    def hw11(self, *words: object, code: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader", *map(str, words), "--assignment", str(self.folder / "homework")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done

    def killed_while_grading(self) -> None:
        """Grade, and cut the power once a few reports are written."""
        words = (
            "grade",
            self.folder / "in",
            "--out",
            self.out,
            "--jobs",
            "1",
            "--assignment",
            self.folder / "homework",
        )
        command = [sys.executable, "-m", "grader", *map(str, words)]
        grading = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while grading.poll() is None and len(list((self.out / "reports").glob("*.html"))) < 5:
            time.sleep(0.05)
        grading.kill()
        grading.wait()

    def import_marks(self, marker: str, which: range) -> None:
        """Mark the words of some by a table: two items of `why`, all of `more`."""
        table = self.folder / "review.csv"
        self.hw11("export", self.out, "--to", "review-csv", "--out", table)
        rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8"), newline="")))
        wanted = {f"a-{entry_key(check, f's{i:02}')}" for i in which for check in ("wa.why", "wa.more")}
        for row in rows:
            if row["entry"] in wanted:
                row["items"] = "1" if row["check"] == "wa.more" else "1, 2"
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.hw11("import", self.out, table, "--author", marker)

    def totals(self) -> dict[str, float]:
        """The total of each student as the gradebook comes to it."""
        assignment = load_assignment(self.folder / "homework")
        with Gradebook(self.out) as gradebook:
            records = effective_class(Course(gradebook, assignment, find_roster(self.out, None)))
        return {record.submission: record.score for record in records}

    def shown(self, link: str, page: Any) -> dict[str, dict[str, float]]:
        """The totals as each place shows them: class page, tables, records, reports, cards."""
        found: dict[str, dict[str, float]] = {}
        class_page = (self.out / "index.html").read_text(encoding="utf-8")
        rows = re.findall(
            r'<a href="reports/(s\d\d)\.html">[^<]*</a></th><td>[^<]*</td><td class="n">([\d.]+)<', class_page
        )
        found["class page"] = {name: float(score) for name, score in rows}
        self.hw11("export", self.out, "--to", "csv", "--out", self.folder / "tables")
        for place, file in {
            "grades.csv": self.out / "grades.csv",
            "export": self.folder / "tables/submissions.csv",
        }.items():
            listed = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline=""))
            found[place] = {row["submission"]: float(row["score"]) for row in listed if row["score"]}
        records = (self.out / "records").glob("*.json")
        found["records"] = {file.stem: json.loads(file.read_text(encoding="utf-8"))["score"] for file in records}
        reports = {file.stem: file.read_text(encoding="utf-8") for file in (self.out / "reports").glob("*.html")}
        number = re.compile(r'<span class="number">([\d.]+)</span>')
        found["reports"] = {name: float(number.search(text)[1]) for name, text in reports.items()}
        cards = {}
        for name in sorted(found["records"])[:: SIZE // 6]:
            page.goto(f"{link}/student/{name}")
            cards[name] = float(page.locator(".lead strong").inner_text())
        assert cards == {name: found["records"][name] for name in cards}
        return found


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    return Evening(tmp_path)


@pytest.fixture
def served(evening: Evening) -> Iterator[Served]:
    server = Served(evening.folder)
    yield server
    server.kill()


@pytest.fixture
def visit(context: Any) -> Any:
    return context.new_page()


def mark(page: Any, key: str) -> None:
    """Tick by a key, save, and wait for the next page."""
    here = page.url
    page.keyboard.press(key)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != here, timeout=PATIENCE)
    page.wait_for_load_state()


def change(page: Any, base: str, name: str, button: str, **fields: str) -> None:
    """Change the total on a student's card."""
    page.goto(f"{base}/student/{name}")
    fold = page.locator("details", has_text="Change the total").first
    fold.locator("summary").click()
    for field, text in fields.items():
        fold.locator(f"[name={field}]").fill(text)
    fold.get_by_role("button", name=button).click()
    page.wait_for_load_state()


def test_a_whole_evening(evening: Evening, served: Served, visit: Any) -> None:
    evening.killed_while_grading()
    evening.hw11("grade", evening.folder / "in", "--out", evening.out, "--jobs", "1")
    assert len(evening.totals()) == SIZE
    visit.goto(served.start()["ada"])
    base = f"http://127.0.0.1:{served.port}"

    visit.fill("#who", "Student 07")
    visit.keyboard.press("Enter")
    visit.wait_for_url("**/student/s07")
    accessible(visit)

    visit.goto(f"{base}/team")
    for name in ("ada", "bob"):
        visit.get_by_label(f"wa.why: {name}").check()
    visit.get_by_role("button", name="Assign").click()
    visit.wait_for_load_state()
    accessible(visit)

    visit.goto(f"{base}/q/wa.why/next")
    visit.wait_for_load_state()
    mark(visit, "1")
    served.kill()
    served.start()
    visit.reload()
    mark(visit, "2")
    visit.goto(f"{base}/q/wa.why/{entry_key('wa.why', 's05')}")
    visit.wait_for_load_state()
    accessible(visit)
    evening.import_marks("bob", range(SIZE))
    visit.keyboard.press("3")
    visit.keyboard.press("Control+Enter")
    visit.locator("#complaint", has_text="bob gave 1.5").wait_for()
    visit.keyboard.press("Control+Enter")
    visit.wait_for_url(lambda url: entry_key("wa.why", "s05") not in url, timeout=PATIENCE)
    visit.goto(base)
    accessible(visit)
    with Gradebook(evening.out) as gradebook:
        latest = gradebook.marking.marks.latest_firsts()
    assert len(latest) == 2 * SIZE, "ada's two stayed hers"
    assert sum(one.marker == "ada" for one in latest.values()) == 3

    evening.hw11("similar", evening.out)
    visit.goto((evening.out / "similar.html").as_uri())
    assert "s07 and s31" in visit.locator("h2").first.inner_text()
    accessible(visit)

    visit.goto(f"{base}/release")
    accessible(visit)
    assert "lost.csv" in visit.content()
    visit.get_by_role("button", name="Seen: zoe is in the roster").click()
    visit.wait_for_load_state()
    assert "zoe is in the roster" not in visit.content()
    change(visit, base, "s10", "Hold the total back instead", reason="a talk on Monday", says="Please come by.")
    accessible(visit)
    visit.goto(f"{base}/release")
    visit.select_option("select[name=section]", "A")
    visit.get_by_role("button", name="Release", exact=True).click()
    visit.wait_for_load_state()
    told = SIZE // 2 - 1
    assert f"{told} results are out, {told} of them for the first time; nobody differs" in visit.content()
    assert "held by ada: a talk on Monday" in visit.content()
    accessible(visit)
    served.kill()
    released = [
        file.stem for file in (evening.out / "reports").glob("*.html") if "Where you stand</h2>" in file.read_text()
    ]
    assert sorted(released) == [f"s{number:02}" for number in range(0, SIZE, 2) if number != 10]
    assert "Please come by." in (evening.out / "reports" / "s10.html").read_text()

    request = evening.folder / "regrade.yaml"
    request.write_text("submission: s04\nrequests:\n  - {check: wa.why, reason: The third item is there as well.}\n")
    evening.hw11("import", evening.out, request)
    served.start()
    visit.goto(f"{base}/release")
    assert "s04 asks about wa.why" in visit.content()
    visit.goto(f"{base}/q/wa.why/{entry_key('wa.why', 's04')}")
    visit.wait_for_load_state()
    visit.fill("[name=reply]", "It is: half a point more.")
    visit.locator("h1").click()
    mark(visit, "3")
    change(visit, base, "s06", "Change the total", points="-0.5", reason="agreed", says="As we agreed.")
    change(visit, base, "s10", "Let the total go")

    done = evening.hw11("release", evening.out)
    assert "2 differ from what was told before" in done.stderr
    assert f"{SIZE} results are out" in done.stderr
    totals = evening.totals()
    for place, numbers in evening.shown(base, visit).items():
        assert numbers == totals, place
    visit.goto((evening.out / "reports" / "s06.html").as_uri())
    assert "As we agreed." in visit.content()
    accessible(visit)
    visit.goto((evening.out / "index.html").as_uri())
    accessible(visit)
    assert "similar" not in "".join(file.read_text() for file in (evening.out / "reports").iterdir())
