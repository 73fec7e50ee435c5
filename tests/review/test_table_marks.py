"""A table that is imported while the desk runs: its marks are the desk's, and nobody overwrites anybody unasked."""

from __future__ import annotations

import csv
import io
import re

import pytest
from click.testing import CliRunner
from desk_class import record_of, write_homework

from grader.cli import main
from grader.gradebook.pending import entry_key
from grader.review.apply_rubric import apply_rubric
from grader.review.marks import Draft


class Spreadsheet:
    """`review.csv` of a class, filled in and read back by the real commands."""

    def __init__(self, course, folder):
        self.course, self.file = course, folder / "review.csv"

    def run(self, *words):
        place = ["--assignment", self.course.root]
        return CliRunner().invoke(main, [str(word) for word in (*words, *place)], catch_exceptions=False)

    def export(self):
        folder = self.course.gradebook.folder
        assert self.run("export", folder, "--to", "review-csv", "--out", self.file).exit_code == 0
        return self

    def fill(self, marks, check="wa.why"):
        rows = list(csv.DictReader(io.StringIO(self.file.read_text(encoding="utf-8"), newline="")))
        keys = {f"a-{entry_key(check, name)}": cells for name, cells in marks.items()}
        for row in rows:
            row.update(keys.get(row["entry"], {}))
        with self.file.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return self

    def take(self, author="tina", *options):
        return self.run("import", self.course.gradebook.folder, self.file, "--author", author, *options)


@pytest.fixture
def sheet(course, tmp_path):
    course.hand_in({name: f"Because {name}." for name in ("one", "two", "three", "four")})
    return Spreadsheet(course, tmp_path)


def mark_of(course, name):
    return course.gradebook.marking.marks.latest(entry_key("wa.why", name))


def page(course, name, marker="ada"):
    return course.browser(marker).get(f"/q/wa.why/{entry_key('wa.why', name)}").text


def test_a_table_makes_the_marks_that_the_desk_makes_with_their_ticks(course, sheet):
    sheet.export().fill(
        {"one": {"items": "1, 3", "comment": "Well."}, "two": {"items": "none"}, "three": {"score": "0.75"}}
    )
    done = sheet.take()
    assert done.exit_code == 0, done.stderr
    desk = Draft(items=(1, 3), comment="Well.")
    course.service.save(course.entry("four"), desk, "ada", "first")
    by_table, by_hand = mark_of(course, "one"), mark_of(course, "four")
    assert (by_table.items, by_table.score, by_table.comment) == (by_hand.items, by_hand.score, by_hand.comment)
    said = {one.submission: one.says for one in course.gradebook.overrides()}
    assert said["one"] == said["four"]
    assert [course.score(name) for name in ("one", "two", "three", "four")] == [1.5, 0.0, 0.75, 1.5]
    assert (mark_of(course, "three").awarded, mark_of(course, "two").items) == (0.75, ())


def test_what_the_desk_marks_by_points_alone_has_no_items_to_tick_in_a_table(course, sheet):
    course.add(record_of("five", {"wa.why": {"verdict": "undecided", "message": "x.zip cannot be read"}}))
    sheet.export().fill({"one": {"items": "1"}, "five": {"items": "1"}})
    done = sheet.take("tina", "--partial")
    assert "there is no item '1' — marked by points alone: write a score" in done.stderr
    assert (course.score("one"), course.score("five")) == (1.0, None)
    sheet.fill({"five": {"items": "", "score": "0.5"}}).take()
    assert course.score("five") == 0.5


def test_a_running_desk_sees_what_was_imported(course, sheet):
    before = page(course, "one")
    assert "checked" not in re.search(r'<fieldset id="items".*?</fieldset>', before, re.DOTALL)[0]
    sheet.export().fill({"one": {"items": "2"}, "three": {"score": "0.75"}}).take()
    after = page(course, "one")
    assert re.search(r'name="item" value="2"[^>]* checked', after)
    assert "tina" in after
    assert "2 of 4 marked" in course.browser().get("/").text
    assert 'name="adjustment" step="0.05" value="0.75"' in page(course, "three")


def test_imported_ticks_follow_a_change_of_the_rubric_and_points_without_ticks_are_told(course, sheet, rewrite):
    sheet.export().fill({"one": {"items": "1"}, "three": {"score": "0.75"}}).take()
    rewrite([("names the *cause*", 0.25), ("says what follows", 0.5)])
    told = course.browser().get("/q/wa.why/rubric").text
    assert "1 was given as points in a table" in told
    assert apply_rubric(course.service, course.service.questions["wa.why"], "ada", again=False) == 1
    assert (course.score("one"), course.score("three")) == (0.25, 0.75)
    apply_rubric(course.service, course.service.questions["wa.why"], "ada", again=True)
    assert (course.score("one"), course.score("three")) == (None, None)


def test_an_open_page_does_not_overwrite_what_was_imported_without_asking(course, sheet):
    ada = course.browser()
    address = f"/q/wa.why/{entry_key('wa.why', 'one')}"
    seen = int(re.search(r'data-seen="(\d+)"', ada.get(address).text)[1])
    sheet.export().fill({"one": {"items": "1"}}).take()
    sent = {"items": [3], "seen": seen}
    asked = ada.post(f"{address}/mark", json=sent)
    assert asked.status_code == 409
    assert "tina gave 1 here since you opened this page" in asked.json()["complaint"]
    assert course.score("one") == 1.0
    assert ada.post(f"{address}/mark", json=sent | {"seen": asked.json()["seen"]}).status_code == 200
    assert course.score("one") == 0.5
    assert ada.post(f"{address}/mark", json=sent | {"seen": mark_of(course, "one").id}).status_code == 200


def test_two_pages_of_one_desk_ask_too_and_so_does_a_mark_taken_back(course):
    course.hand_in({"one": "Because."})
    address = f"/q/wa.why/{entry_key('wa.why', 'one')}"
    ada = course.browser()
    assert ada.post(f"{address}/mark", json={"items": [1], "seen": 0}).status_code == 200
    assert ada.post(f"{address}/mark", json={"items": [2], "seen": 0}).status_code == 409
    seen = mark_of(course, "one").id
    ada.post(f"{address}/take-back")
    assert "took the mark back" in ada.post(f"{address}/mark", json={"items": [2], "seen": seen}).json()["complaint"]


def test_a_table_read_twice_is_known_and_one_that_disagrees_is_told(course, sheet):
    sheet.export().fill({"one": {"items": "1", "comment": "Well."}, "two": {"score": "1"}})
    assert "2 decisions" in sheet.take().stderr
    again = sheet.take()
    assert again.exit_code == 0
    assert "0 decisions by tina taken, 2 known already" in again.stderr
    course.service.save(course.entry("one"), Draft(items=(2,)), "ada", "first")
    other = sheet.take()
    assert other.exit_code == 1
    assert "marked differently by ada meanwhile: 0.5 points" in other.stderr


@pytest.mark.parametrize(
    ("authors", "said"),
    [(("", ""), "tina"), (("zoe", ""), "zoe, tina"), (("zoe", "zoe"), "zoe"), (("Zo\x1be", "bob"), "Zo⟨U+001B⟩e, bob")],
)
def test_who_marked_is_told_as_the_table_says(sheet, authors, said):
    one, two = authors
    sheet.export().fill({"one": {"items": "1", "author": one}, "two": {"score": "1", "author": two}})
    assert f"2 decisions by {said} taken" in sheet.take().stderr


def test_ticks_of_another_rubric_are_refused(course, sheet):
    sheet.export().fill({"one": {"items": "1"}, "two": {"score": "1"}})
    write_homework(course.root, [("says what follows", 1.0), ("names the *cause*", 1.0)])
    done = sheet.take("tina", "--partial")
    assert "the rubric has changed since the table was made" in done.stderr
    assert (mark_of(course, "one"), mark_of(course, "two").score) == (None, 1.0)


def test_imported_marks_count_in_agreement(course, sheet):
    sheet.export().fill({name: {"items": "1"} for name in ("one", "two", "three", "four")}).take()
    for name in ("one", "two", "three", "four"):
        course.service.save(course.entry(name), Draft(items=(1, 2)), "bob", "second")
    text = course.browser().get("/quality").text
    assert "tina" in text
    assert text.count("/q/wa.why/") >= 4, "every disagreement is listed"


def test_an_import_is_undone_as_one(course, sheet):
    sheet.export().fill({"one": {"items": "1"}, "two": {"score": "1"}}).take()
    (batch,) = course.gradebook.marking.marks.batches()
    assert (batch.via, batch.number, batch.marker) == ("table", 2, "tina")
    assert course.service.undo(batch.batch, "ada") == 2
    assert (course.score("one"), course.score("two")) == (None, None)


def test_a_table_of_several_questions_is_undone_question_by_question_and_offered_once(course, sheet):
    course.add(record_of("five", {"wa.why": {"answer": "Five."}, "wa.more": {"answer": "More.", "max_score": 1.0}}))
    sheet.export().fill({"five": {"items": "1"}}).fill({"five": {"items": "1"}}, check="wa.more")
    assert "2 decisions" in sheet.take().stderr
    ada = course.browser()
    assert ada.get("/history").text.count(">Undo</button>") == 2
    batch = course.gradebook.marking.marks.latest(entry_key("wa.more", "five")).batch
    ada.post("/undo", data={"batch": batch, "check": "wa.more"})
    assert (course.score("five", "wa.more"), course.score("five")) == (None, 1.0)
    history = ada.get("/history").text
    assert history.count(">Undo</button>") == 1
    assert "undone" in history
