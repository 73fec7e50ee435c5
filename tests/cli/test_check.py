"""`hw11 check` on one's own work: what is started for it, and what `--watch` sees."""

import json
import os
from contextlib import nullcontext

import pytest
from click.testing import CliRunner

from grader import sandbox
from grader.assignment.load import load_assignment
from grader.authoring.kit import template_files
from grader.cli import main, own_check
from grader.grading.preview import as_record, preview
from grader.maths.judge_process import Judge
from grader.records import Verdict
from grader.sandbox.lazy import LazyExecutor
from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource


def never():
    pytest.fail("nothing had to be started for this")


def test_the_assignment_around_the_work_is_found_and_named_first(tiny, tmp_path, monkeypatch, capsys):
    work = tiny / "submissions" / "ada"
    work.mkdir(parents=True)
    (work / "answers.yaml").write_text("tinya: {size: m*k}\n")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    with pytest.raises(SystemExit):
        main(["check", str(work), "--part", "tinyb"])
    told = capsys.readouterr()
    assert told.err.splitlines()[0] == tiny.name
    assert told.out.splitlines()[0] == f"checking {work}"


@pytest.mark.parametrize("charset", ["cp1252", "latin-1", "ascii", "cp437", "utf-8", "utf-16"])
def test_every_output_can_take_what_is_said(tiny, charset):
    """Such as that of a pipe on Windows, whose letters are fewer than ours."""
    work = tiny / "ada"
    work.mkdir()
    (work / "answers.yaml").write_text("tinyb: {entries: 'α → ∞ 数', seconds: 1 s}\n", encoding="utf-8")
    words = ["check", str(work), "--part", "tinyb", "--assignment", str(tiny)]
    said, told = (CliRunner(charset=charset).invoke(main, [*words, *how]) for how in ([], ["--json"]))
    assert (said.exit_code, told.exit_code) == (1, 1)
    assert "tinyb.entries" in said.stdout
    assert json.loads(told.stdout)["checks"][0]["answer"] == "α → ∞ 数"
    assert CliRunner(charset=charset).invoke(main, ["--help"]).exit_code == 0


@pytest.mark.parametrize("kept", [".py", ".ipynb"])
def test_nothing_starts_for_an_untouched_kit(tiny, tmp_path, monkeypatch, kept):
    assignment = load_assignment(tiny)
    work = tmp_path / "ada"
    work.mkdir()
    for name, text in template_files(assignment).items():
        if name.endswith((kept, ".yaml")):
            (work / name).write_text(text)
    monkeypatch.setattr(Judge, "_start", lambda self: never())
    submission = load_submission(SubmissionSource("ada", work), assignment.modules)
    with Judge() as judge:
        seen = list(preview(submission, assignment.parts, LazyExecutor(never), judge))
    stubs = [one for part in seen for one in part.record.checks if one.verdict is Verdict.MISSING and one.details]
    assert stubs
    assert all(dict(one.details)["where"].startswith(("tiny.py:", "hw11.ipynb cell")) for one in stubs)


def test_a_save_during_the_check_is_seen(tmp_path, monkeypatch):
    work = tmp_path / "answers.yaml"
    work.write_text("q: 1")
    rounds = []

    def checks_while_the_student_saves(*_):
        rounds.append(work.read_text())
        if len(rounds) == 2:
            raise KeyboardInterrupt
        work.write_text("q: 2")
        os.utime(work, ns=(1, 1))  # an older time than before is a change as well
        return 0

    monkeypatch.setattr(own_check, "_check", checks_while_the_student_saves)
    monkeypatch.setattr(own_check, "chosen", lambda *_: [])
    with pytest.raises(KeyboardInterrupt):
        own_check.run(None, tmp_path, (), None, False, True)
    assert rounds == ["q: 1", "q: 2"]


def test_without_torch_typed_answers_are_read_and_code_waits_with_what_to_install(tiny, tmp_path, monkeypatch, judge):
    assignment = load_assignment(tiny)
    work = tmp_path / "ada"
    work.mkdir()
    (work / "answers.yaml").write_text("tinya: {size: m*k}\n")
    (work / "tiny.py").write_text("def double(X):\n    return 2 * X\n")
    tried = []
    monkeypatch.setattr(sandbox, "find_spec", lambda name: tried.append(name))
    executor = LazyExecutor(lambda: sandbox.start_strongest(assignment.author_code.probes_dir))
    submission = load_submission(SubmissionSource("ada", work), assignment.modules)
    seen = list(preview(submission, assignment.parts, executor, judge))
    checks = {check.id: check for part in seen for check in part.record.checks}
    assert checks["tinya.size"].reading
    waits = [check for check in checks.values() if "pip install torch" in check.message]
    assert waits
    assert {check.verdict for check in waits} == {Verdict.BLOCKED}
    assert len(tried) == 2, "the strongest and the weakest sandbox, once each"
    assert "nothing" in as_record(submission, assignment, executor, seen).isolation


@pytest.fixture
def nothing_started(monkeypatch, judge, fake_executor):
    """Every check asks the judge of all tests, and finds no function where code would run."""
    monkeypatch.setattr(own_check, "Judge", lambda: nullcontext(judge))
    monkeypatch.setattr(own_check, "start_strongest", lambda probes_dir: fake_executor({}))


@pytest.mark.usefixtures("nothing_started")
@pytest.mark.parametrize("as_json", [False, True])
def test_a_misspelt_name_is_told_at_once(tiny, tmp_path, capsys, as_json):
    work = tmp_path / "ada"
    work.mkdir()
    (work / "answers.yaml").write_text("studnet: {name: A}\ntinya:\n  SIZE: m*k\n  siez: 1\ntinyz:\n  x: 1\n")
    own_check.run(load_assignment(tiny), work, ("tinya",), None, as_json, False)
    said = capsys.readouterr()
    told = said.err if as_json else said.out
    for words in ("read as tinya.size", "did you mean 'size'", "no part 'tinyz'", "did you mean 'student'"):
        assert words in told
    assert not as_json or all(line.startswith("{") for line in said.out.splitlines())


@pytest.mark.usefixtures("nothing_started")
def test_a_second_check_says_what_changed(tiny, tmp_path, capsys):
    work = tmp_path / "ada"
    work.mkdir()
    assignment = load_assignment(tiny)
    said = []
    for answer in ("m*(k", "m*k", "m*k", "m*(k"):
        (work / "answers.yaml").write_text(f"tinyb: {{entries: '{answer.replace('m', '2').replace('k', '3')}'}}\n")
        own_check.run(assignment, work, ("tinyb",), None, False, False)
        said.append(capsys.readouterr().out)
    assert ["Since last time" in one for one in said] == [False, True, False, True]
    assert "+1 fixed" in said[1]
    assert "1 new to mend" in said[3]
