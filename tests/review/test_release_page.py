"""Before results go out: one list on a page and in a command, each thing settled; a release of some, undone."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from desk_class import record_of

from grader.cli import main
from grader.gradebook.pending import entry_key
from grader.gradebook.regrade_requests import Request, RequestAnswer
from grader.records import Notice
from grader.results.publish import write_not_taken
from grader.results.roster import find_roster
from grader.review.changes import settle_unread
from grader.review.marks import Draft

GOOD = {"wa.why": {"answer": "Because.", "verdict": "correct", "score": 2.0}}


@pytest.fixture
def hw11(course):
    def run(command, *words):
        arguments = [command, course.gradebook.folder, *words, "--assignment", course.root]
        return CliRunner().invoke(main, [str(word) for word in arguments], catch_exceptions=False)

    return run


@pytest.fixture
def evening(course):
    """Six submissions with everything that may be wrong, on the last evening."""
    out = course.gradebook.folder
    (out / "roster.csv").write_text("id,name,section\nu-ada,Ada,A\nu-bob,Bob,A\nu-cyd,Cyd,B\nu-zoe,Zoe,B\n")
    write_not_taken([("lost.docx", "is no submission")], out)
    course.add(record_of("ada", GOOD, files_sha256="same"))
    course.add(record_of("bob", GOOD, files_sha256="same"))
    course.add(
        record_of("cyd", GOOD, files_sha256="c", notices=(Notice(where="x.zip", message="cannot be read: bad"),))
    )
    course.add(record_of("dan", {"wa.why": {"answer": "Hm."}}, files_sha256="d"))
    course.gradebook.requests.add(Request("ada", 1, "wa.why", "", "Please look again at this."))
    course.service.roster = lambda: find_roster(out, None)
    course.service.read_again()
    return course


def kinds(hw11):
    done = hw11("release", "--before", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return done, {one["kind"]: one for one in found}


def test_one_list_of_everything_that_holds_or_should_be_known(evening, hw11):
    done, found = kinds(hw11)
    assert done.exit_code == 1
    assert list(found) == ["undecided", "request", "not taken", "cannot be read", "identical files", "roster"]
    assert found["identical files"]["submissions"] == ["ada", "bob"]
    assert (found["request"]["holds"], found["identical files"]["holds"]) == (True, False)
    page = evening.browser().get("/release").text
    for one in found.values():
        assert one["key"] in page
    assert f"/q/wa.why/{entry_key('wa.why', 'ada')}" in page
    assert 'href="/student/cyd"' in page, "whose file cannot be read"
    printed = hw11("release", "--before").stdout
    assert printed.count("hw11 r") == len(printed.splitlines()) / 2, "each with a command"


@pytest.mark.parametrize(
    ("where", "message", "listed"),
    [
        ("x.zip", "cannot be read: bad", True),
        ("submission", "waits for a person: nothing has a name that is asked for: essay.pdf", True),
        ("answers.yaml", "not handed in: every typed field counts as not started", False),
    ],
)
def test_whatever_no_program_could_read_is_listed(course, hw11, where, message, listed):
    course.add(record_of("one", GOOD, notices=(Notice(where=where, message=message),)))
    assert ("cannot be read" in kinds(hw11)[1]) is listed


def test_what_waits_in_a_file_that_cannot_be_read_is_one_thing_a_student(course, hw11):
    told = Notice(where="submission", message="waits for a person: x.zip cannot be read")
    unread = record_of("cyd", {"wa.why": {"verdict": "undecided"}}, notices=(told,))
    course.add(unread)
    course.add(record_of("dan", {"wa.why": {"verdict": "undecided", "answer": "Hm."}}))
    course.service.read_again()
    _, found = kinds(hw11)
    assert found["undecided"]["submissions"] == ["dan"]
    assert found["cannot be read"]["holds"]
    assert found["cannot be read"]["says"].endswith("x.zip cannot be read; 1 check waits")
    assert "(find the student, and decide there)" in hw11("release", "--before").stdout
    settle_unread(course.service, unread, "looked", "Nothing could be read.", "ada")
    assert not kinds(hw11)[1]["cannot be read"]["holds"]


def test_the_roster_that_was_given_is_the_one_to_mend(course, hw11, tmp_path):
    given = tmp_path / "who.csv"
    given.write_text("id,name\nu1,Ada\n")
    course.add(record_of("bob", GOOD))
    assert f"mend {given}, or: hw11 release" in hw11("release", "--before", "--roster", given).stdout


@pytest.mark.parametrize("numbers", [False, True], ids=["a roster without Canvas's numbers", "with them"])
def test_a_roster_that_cannot_know_canvas_is_told_once_with_what_to_do(course, hw11, numbers):
    out = course.gradebook.folder
    gradebook = "Student,ID,SIS User ID,SIS Login ID,Section\nAda,7,u1,ada,A\n"
    (out / "roster.csv").write_text(gradebook if numbers else "id,name\nu1,Ada\nu2,Bob\n")
    for number in ("8", "9"):
        course.add(record_of(f"c-{number}", GOOD, student={"canvas": number, "id": number, "name": "c"}))
    lines = [line for line in hw11("release", "--before").stdout.splitlines() if line.startswith("roster: ")]
    alone = [line for line in lines if "is not in the roster" in line]
    told = [line for line in lines if "take the gradebook that Canvas exports" in line]
    assert (len(alone), len(told)) == ((2, 0) if numbers else (0, 1))


def test_what_was_seen_is_settled_by_a_click_or_a_command_and_comes_back_when_it_changes(evening, hw11):
    _, found = kinds(hw11)
    assert hw11("release", "--seen", found["identical files"]["key"]).exit_code == 1
    evening.browser().post("/release/seen", data={"key": found["not taken"]["key"]})
    _, now = kinds(hw11)
    assert found.keys() - now.keys() == {"identical files", "not taken"}
    assert "settle" in evening.browser().get("/history").text
    evening.add(record_of("eve", GOOD, files_sha256="same"))
    assert kinds(hw11)[1]["identical files"]["submissions"] == ["ada", "bob", "eve"]
    assert hw11("release", "--seen", "roster").exit_code == 1
    assert "roster" not in kinds(hw11)[1]
    wrong = hw11("release", "--seen", found["undecided"]["key"])
    assert (wrong.exit_code, "settled on the marking desk" in wrong.stderr) == (2, True)
    assert hw11("release", "--seen", "nonsense").exit_code == 2


def test_marks_that_disagree_are_listed_until_somebody_marks_again(course, hw11):
    course.hand_in({"one": "Because."})
    course.service.save(course.entry("one"), Draft(items=(1,)), "ada", "first")
    course.service.save(course.entry("one"), Draft(items=(1, 2)), "bob", "second")
    assert kinds(hw11)[1]["marks disagree"]["says"] == "ada gave 1 and bob 1.5 for one answer to wa.why"
    course.service.save(course.entry("one"), Draft(items=(1, 2)), "ada", "first")
    assert "marks disagree" not in kinds(hw11)[1]


def released(course):
    return sorted(course.gradebook.releases.latest().results)


def text(course, name):
    return (course.gradebook.folder / "reports" / f"{name}.html").read_text(encoding="utf-8")


def test_a_request_that_comes_in_is_opened_on_a_desk_that_runs(evening, hw11, tmp_path):
    ada, file = evening.browser(), tmp_path / "regrade.yaml"
    file.write_text("submission: cyd\nrequests:\n  - {check: wa.why, reason: Please look at it once more.}\n")
    assert hw11("import", file).exit_code == 0
    page = f"/q/wa.why/{entry_key('wa.why', 'cyd')}"
    assert page in ada.get("/").text
    assert page in ada.get("/release").text
    assert "Please look at it once more." in ada.get(page).text


def test_an_open_request_holds_one_student_and_not_the_class(evening, hw11):
    evening.service.save(evening.entry("dan"), Draft(nothing=True), "ada", "first")
    done = hw11("release")
    assert done.exit_code == 0
    assert "held back: wa.why: 1 asked to be looked at again, and not answered (ada)" in done.stderr
    assert released(evening) == ["bob", "cyd", "dan"]
    assert "nobody differs from what was told before" in done.stderr
    assert not (evening.gradebook.folder / "reports" / "ada.html").exists() or "so far" in text(evening, "ada")
    (request,) = evening.gradebook.requests.open()
    evening.gradebook.requests.answer(request.id, RequestAnswer(2.0, 2.0, "ada", "It stands."))
    assert "1 of them for the first time" in hw11("release").stderr
    assert released(evening) == ["ada", "bob", "cyd", "dan"]


def test_a_section_or_a_student_is_released_alone_whatever_others_wait_for(evening, hw11):
    assert hw11("release").exit_code == 1
    assert hw11("release", "--section", "B").exit_code == 0
    assert released(evening) == ["cyd"]
    assert hw11("release", "--student", "Bob").exit_code == 0
    assert released(evening) == ["bob", "cyd"]
    assert "so far" not in text(evening, "bob")
    wrong = hw11("release", "--section", "C")
    assert (wrong.exit_code, "there is no section 'C' — there are: A, B" in wrong.stderr) == (2, True)
    assert hw11("release", "--student", "nobody").exit_code == 2


def test_a_release_writes_only_what_changed_says_who_differs_and_is_undone(evening, hw11):
    evening.service.save(evening.entry("dan"), Draft(nothing=True), "ada", "first")
    assert "4 reports written" in hw11("release", "--unfinished").stderr
    times = {file.name: file.stat().st_mtime_ns for file in (evening.gradebook.folder / "reports").iterdir()}
    assert "nobody differs from what was told before; 0 reports written" in hw11("release", "--unfinished").stderr
    evening.service.save(evening.entry("dan"), Draft(items=(1,)), "ada", "first")
    done = hw11("release", "--unfinished")
    assert "dan: 0 → 1 (+1)" in done.stderr
    assert "1 differs from what was told before; 1 report written" in done.stderr
    now = {file.name: file.stat().st_mtime_ns for file in (evening.gradebook.folder / "reports").iterdir()}
    assert {name for name in now if now[name] != times[name]} == {"dan.html"}
    back = hw11("release", "--undo").stderr
    assert "dan: 0 → 1 (+1)" in back, "what was told before stays, and as it stands now"
    assert evening.gradebook.releases.latest().results["dan"].score == 1
    assert '<span class="number">1</span>' in text(evening, "dan")


def test_the_first_release_undone_takes_every_report_back(evening, hw11):
    assert hw11("release", "--undo").exit_code == 2
    hw11("release", "--section", "B")
    assert "so far" not in text(evening, "cyd")
    assert hw11("release", "--undo").exit_code == 0
    assert released(evening) == []
    assert "so far" in text(evening, "cyd")


def test_the_page_releases_a_section_and_takes_it_back(evening):
    ada = evening.browser()
    refused = ada.post("/release", data={})
    assert "Nothing was released." in refused.text
    done = ada.post("/release", data={"section": "B", "student": ""})
    assert "1 result is out" in done.text
    assert released(evening) == ["cyd"]
    assert evening.gradebook.releases.latest().author == "ada"
    assert ada.post("/release", data={"student": "nobody"}).status_code == 422
    ada.post("/release/undo")
    assert released(evening) == []
    assert re.search(r"<option>A</option>", done.text)
