"""Adding things touches only what the design promises: each of these adds one file and nothing else."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader.assignment.lint import lint
from grader.assignment.load import load_assignment

ROOT = Path(__file__).parent.parent

PART = """
  - id: tinyc
    title: More
    prompt: And the square?
    points: 1
    fields:
      square: {kind: expr, points: 1, asks: "m squared?", expect: "reference.tiny:square"}
"""


LOAD = """
        import sys
        from pathlib import Path
        from grader.assignment.load import load_assignment
        root = Path(sys.argv[1])
        """
"""The start of a script that is given the folder of an assignment."""


def run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_part_is_yaml_and_a_function_of_the_reference(tiny, judge):
    with open(tiny / "problems" / "tiny.yaml", "a") as file:
        file.write(PART)
    with open(tiny / "reference" / "tiny.py", "a") as file:
        file.write("\ndef square():\n    return m**2\n")
    assignment = load_assignment(tiny)
    lint(assignment, judge)
    assert [part.id for part in assignment.parts] == ["tinya", "tinyb", "tinyc"]


HAIKU = '''
"""Three lines: `haiku`."""
from typing import Literal
from grader.checks.registry import register
from grader.checks.field import FieldCheck, FieldSpec
from grader.records import Outcome, Verdict

class HaikuSpec(FieldSpec):
    kind: Literal["haiku"]
    lines: int = 3
    wrong: tuple[str, ...] = ()

@register("haiku", place="fields", spec=HaikuSpec)
class HaikuCheck(FieldCheck[HaikuSpec]):
    @property
    def asked(self):
        return f"{self.spec.asks} ({self.spec.lines} lines)"

    def planted_mistakes(self):
        return [
            self.variant(wrong, says="count again", place=("wrong", i)) for i, wrong in enumerate(self.spec.wrong)
        ]

    def read_text(self, context, text):
        if not text[0].isupper():
            return Outcome(verdict=Verdict.UNREADABLE, credit=0.0, message="a verse begins large", answer=text)
        return super().read_text(context, text)

    def judge_text(self, context, text):
        if len(text.splitlines()) == self.spec.lines:
            return Outcome(verdict=Verdict.CORRECT, credit=1.0, answer=text)
        return Outcome(verdict=Verdict.WRONG, credit=0.0, message="count again", mistake="count again", answer=text)
'''

VERSE = """\
  - id: tinyc
    title: Verse
    prompt: Write one.
    points: 1
    fields:
      verse:
        kind: haiku
        points: 1
        asks: A verse.
        wrong: ["One", "One\\ntwo\\nthree"]
"""

RIGHT_VERSE = 'tinyc: {verse: "One\\ntwo\\nthree"}\n'

BESIDE = """\
import grader.checks
grader.checks.__path__.append({folder!r})
"""
"""Starts every process, workers too, so that what stands in a folder is beside the house's own kinds."""


@pytest.fixture
def haiku(tiny, tmp_path, monkeypatch):
    """The folder of an assignment with a part whose kind of check stands in a folder of its own."""
    kinds, start = tmp_path / "kinds", tmp_path / "start"
    kinds.mkdir()
    start.mkdir()
    (kinds / "haiku.py").write_text(HAIKU)
    (start / "sitecustomize.py").write_text(BESIDE.format(folder=str(kinds)))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(start), str(ROOT), os.environ.get("PYTHONPATH", "")]))
    (tiny / "problems" / "tiny.yaml").write_text((tiny / "problems" / "tiny.yaml").read_text() + VERSE)
    with open(tiny / "reference" / "answers.yaml", "a") as file:
        file.write(RIGHT_VERSE)
    return tiny


def test_a_kind_of_check_is_one_file_that_registers_itself(haiku):
    script = """
        from grader.checks.base import Context
        from grader.submission.model import Answer, Submission
        (check,) = list(load_assignment(root).parts)[-1].checks
        for text in ("One\\ntwo\\nthree", "One"):
            submission = Submission(id="ada", files={}, answers={("tinyc", "verse"): Answer(text)})
            print(check.id, check.judge(Context(submission, None, b""), ()).verdict)
        """
    assert run(LOAD + script, str(haiku)).split() == ["tinyc.verse", "correct", "tinyc.verse", "wrong"]


@pytest.mark.slow
def test_a_planted_mistake_that_a_new_kind_accepts_is_reported_and_annotated(haiku):
    (haiku / "problems" / "tiny.yaml").write_text(f"id: tiny\ntitle: Tiny\nparts:\n{VERSE}")  # no code, so no sandbox
    (haiku / "reference" / "answers.yaml").write_text(RIGHT_VERSE)
    script = """
        from grader.authoring.github_annotations import diagnose
        from grader.authoring.mutation.subjects import Plan
        from grader.authoring.validate import validate
        from grader.grading.worker_grader import Settings
        assignment = load_assignment(root)
        for trial in validate(Settings(root, b"s", "strongest"), 1, Plan(1, 1)):
            if trial.group == "mistake":
                print(trial.name.encode(), "|", trial.fault, "|", diagnose(assignment, trial).line)
        """
    caught, accepted = run(LOAD + script, str(haiku)).splitlines()
    assert caught.startswith("b'tinyc.verse: One' |  |")
    assert "is correct with credit 1, not 0" in accepted
    lines = (haiku / "problems" / "tiny.yaml").read_text().splitlines()
    (line,) = [i for i, text in enumerate(lines, 1) if "wrong: [" in text]
    assert accepted.endswith(f"| {line}")


def test_what_a_new_kind_asks_stands_in_the_template(haiku):
    script = """
        from grader.authoring.kit import template_files
        print(template_files(load_assignment(root))["answers.yaml"])
        """
    assert "  # A verse. (3 lines)\n  verse:\n" in run(LOAD + script, str(haiku))


def test_how_a_new_kind_reads_is_shown_before_the_deadline(haiku):
    script = """
        from grader.grading.preview import preview
        from grader.platforms.otter.check import shown_checks
        from grader.submission.model import Answer, Submission
        from reports.terminal import part_lines
        from reports.visibility import seen_part
        part = list(load_assignment(root).parts)[-1]
        print(shown_checks(part))
        for text in ("One", "one"):
            submission = Submission(id="ada", files={}, answers={("tinyc", "verse"): Answer(text)})
            (one,) = preview(submission, [part], None, None)
            lines = part_lines(seen_part(part, one.record))
            print(one.record.checks[0].message, *lines, sep="\\n")
        """
    told = run(LOAD + script, str(haiku))
    assert told.startswith("['tinyc.verse']\nread; judged after the deadline\n")
    assert "Not readable" in told
    assert "a verse begins large" in told
    assert "count again" not in told


def test_two_files_cannot_claim_one_kind(tmp_path):
    (tmp_path / "twice.py").write_text(
        "from grader.checks.registry import register\n"
        "from grader.checks.spec import CheckSpec\n"
        "register('expr', place='fields', spec=CheckSpec)(lambda part, name, spec: None)\n"
    )
    script = """
        import sys
        import grader.checks
        grader.checks.__path__.append(sys.argv[1])
        from grader.checks.registry import kinds
        try:
            kinds()
        except RuntimeError as error:
            print(error)
        """
    assert "'expr' is registered twice" in run(script, str(tmp_path))


RATIO = '''
"""`ratio`: two amounts side by side, as in `3:4`."""
from fractions import Fraction
from grader.maths.comparing.comparison import Comparison
from grader.maths.kinds.base import AnswerKind
from grader.maths.reading.errors import Unreadable
from grader.maths.reading.tree import Binary, Number

class RatioKind(AnswerKind):
    def read(self, field, text):
        parts = [part.strip() for part in text.split(":")]
        if len(parts) != 2 or not all(part.isdigit() and int(part) for part in parts):
            raise Unreadable("two whole numbers are asked, as in 3:4", 1)
        return Binary("/", Number(parts[0]), Number(parts[1]))

    def read_author(self, field, text):
        return self.read(field, text)

    def compare_one(self, field, right, member, seed, *, near):
        same = self.worth(right.node) == self.worth(member)
        return Comparison("equal", "exact") if same else Comparison("different", "refuted")

    def slips(self, field, reference, answer, seed):
        swapped = self.worth(answer) * self.worth(reference) == 1
        return "the two amounts are swapped" if swapped else None

    def worth(self, node):
        return Fraction(node.left.value, node.right.value)
'''


@pytest.fixture(scope="module")
def with_ratio(tmp_path_factory) -> Path:
    """A copy of the engine with one more file in it."""
    root = tmp_path_factory.mktemp("engine")
    for room in ("grader", "reports"):
        shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "grader" / "maths" / "kinds" / "ratio.py").write_text(textwrap.dedent(RATIO))
    return root


def test_a_kind_of_typed_answer_is_one_file_to_the_line_protocol(with_ratio):
    lines = [
        {"id": number, "kind": "ratio", "reference": "3:4", "answer": answer, "symbols": {}}
        for number, answer in enumerate(["6:8", "4:3", "1:7", "three to four"])
    ]
    done = subprocess.run(
        [sys.executable, "-m", "grader", "equivalent", "--jsonl"],
        input="\n".join(map(json.dumps, lines)) + "\n",
        capture_output=True,
        text=True,
        timeout=900,
        cwd=with_ratio,
        env={**os.environ, "PYTHONPATH": str(with_ratio)},
    )
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reply["verdict"] for reply in replies] == ["equal", "different", "different", "invalid"], done.stderr
    assert replies[1]["mistake"] == "the two amounts are swapped"
    assert replies[3]["message"] == "two whole numbers are asked, as in 3:4"


def test_a_kind_of_typed_answer_is_one_file_to_a_problem(tiny, with_ratio):
    part = PART.replace("kind: expr", "kind: ratio")
    (tiny / "problems" / "tiny.yaml").write_text(f"id: tiny\ntitle: Tiny\nparts:{part}")  # no code, so no torch
    with open(tiny / "reference" / "tiny.py", "a") as file:
        file.write("\ndef square():\n    return '3:4'\n")
    script = """
        import sys
        from pathlib import Path
        from grader.maths.judge_process import Judge
        from grader.checks.base import Context
        from grader.assignment.lint import lint
        from grader.assignment.load import load_assignment
        from grader.submission.model import Answer, Submission
        assignment = load_assignment(Path(sys.argv[1]))
        (check,) = list(assignment.parts)[-1].checks
        with Judge() as judge:
            lint(assignment, judge)
            for text in ("6:8", "4:3", "?"):
                submission = Submission(id="ada", files={}, answers={("tinyc", "square"): Answer(text)})
                outcome = check.judge(Context(submission, judge, b""), ())
                print(outcome.verdict, outcome.mistake)
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tiny)],
        capture_output=True,
        text=True,
        timeout=900,
        cwd=with_ratio,
        env={**os.environ, "PYTHONPATH": str(with_ratio)},
    )
    assert done.stdout.splitlines() == [
        "correct None",
        "wrong the two amounts are swapped",
        "unreadable None",
    ], done.stderr


def test_an_executor_is_one_file_that_registers_itself(tmp_path):
    (tmp_path / "dreamt.py").write_text(
        textwrap.dedent(
            '''
            """An executor that runs nothing."""
            from grader.sandbox.base import Guarantees
            from grader.sandbox.registry import executor

            @executor("dreamt", isolation="full", advice="sleep more")
            class Dreamt:
                def __init__(self, probes_dir, device):
                    self.guarantees = Guarantees(True, True, True, True, "dreams")
                def observe(self, files, batches):
                    return []
                def close(self):
                    pass
            '''
        )
    )
    script = """
        import sys
        from pathlib import Path
        import grader.sandbox
        grader.sandbox.__path__.append(sys.argv[1])
        from grader.sandbox.registry import executors
        print([known.start(Path("."), "cpu").guarantees.level for known in executors() if known.name == "dreamt"])
        """
    assert run(script, str(tmp_path)).strip() == "['dreams']"


def test_a_command_is_one_file(tmp_path):
    (tmp_path / "greet.py").write_text(
        textwrap.dedent(
            '''
            """`hw11 greet`: say hello."""
            import click

            @click.command()
            @click.argument("name")
            def command(name):
                """Say hello to somebody."""
                print(f"hello {name}")
            '''
        )
    )
    script = """
        import sys
        import grader.cli
        grader.cli.__path__.append(sys.argv[1])
        grader.cli.main(sys.argv[2:])
        """
    assert run(script, str(tmp_path), "greet", "ada").strip() == "hello ada"
    assert "greet       say hello" in run(script, str(tmp_path), "--help")


@pytest.mark.slow
def test_a_platform_is_what_becomes_of_a_record(tiny, tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "answers.yaml").write_text("tinyb: {entries: 250000}\n")
    (tmp_path / "class.secret").write_text("a secret of sixteen bytes\n")
    order = {
        "assignment": str(tiny),
        "submission": str(tmp_path / "work"),
        "secret_file": str(tmp_path / "class.secret"),
    }
    script = """
        import io, json, sys
        from grader.platforms.grade_one import answer
        sys.stdin = io.StringIO(json.dumps({"order": {**json.loads(sys.argv[1]), "accept": "trusted"}, "note": "hi"}))
        sys.exit(answer(lambda record, assignment, given: {"points": record.score, "note": given["note"]}))
        """
    assert run(script, json.dumps(order)) == '{"points": 1.0, "note": "hi"}'
