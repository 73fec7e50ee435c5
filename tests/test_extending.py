"""Adding things touches only what the design promises: each of these adds one file and nothing else."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

PART = """
  - id: tinyc
    title: More
    prompt: And the square?
    points: 1
    fields:
      square: {kind: expr, points: 1, asks: "m squared?", expect: "reference.tiny:square"}
"""


def run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments], capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_part_is_yaml_and_a_function_of_the_reference(tiny):
    with open(tiny / "problems" / "tiny.yaml", "a") as file:
        file.write(PART)
    with open(tiny / "reference" / "tiny.py", "a") as file:
        file.write("\ndef square():\n    return m**2\n")
    script = """
        import sys
        from pathlib import Path
        from grader.maths.judge_process import Judge
        from grader.assignment.lint import lint
        from grader.assignment.load import load_assignment
        assignment = load_assignment(Path(sys.argv[1]))
        with Judge() as judge:
            lint(assignment, judge)
        print([part.id for part in assignment.parts])
        """
    assert run(script, str(tiny)).strip() == "['tinya', 'tinyb', 'tinyc']"


def test_a_kind_of_check_is_one_file_that_registers_itself(tiny, tmp_path):
    (tmp_path / "haiku.py").write_text(
        textwrap.dedent(
            '''
            """Three lines: `haiku`."""
            from typing import Literal
            from grader.checks.base import register
            from grader.checks.field import FieldCheck, FieldSpec
            from grader.records import Outcome, Verdict

            class HaikuSpec(FieldSpec):
                kind: Literal["haiku"]
                lines: int = 3

            class HaikuCheck(FieldCheck[HaikuSpec]):
                def judge_text(self, context, text):
                    right = len(text.splitlines()) == self.spec.lines
                    verdict = Verdict.CORRECT if right else Verdict.WRONG
                    return Outcome(verdict=verdict, credit=float(right))

            @register("haiku", place="fields", spec=HaikuSpec)
            def build(part, name, spec):
                return HaikuCheck(part, name, spec)
            '''
        )
    )
    problem = tiny / "problems" / "tiny.yaml"
    problem.write_text(
        problem.read_text() + "  - {id: tinyc, title: Verse, prompt: Write one., points: 1, "
        "fields: {verse: {kind: haiku, points: 1, asks: Three lines.}}}\n"
    )
    script = """
        import sys
        from pathlib import Path
        import grader.checks
        grader.checks.__path__.append(sys.argv[2])
        from grader.checks.base import Context
        from grader.assignment.load import load_assignment
        from grader.submission.model import Answer, Submission
        (check,) = list(load_assignment(Path(sys.argv[1])).parts)[-1].checks
        for text in ("one\\ntwo\\nthree", "one"):
            submission = Submission(id="ada", files={}, answers={("tinyc", "verse"): Answer(text)})
            print(check.id, check.judge(Context(submission, None, b""), ()).verdict)
        """
    assert run(script, str(tiny), str(tmp_path)).split() == ["tinyc.verse", "correct", "tinyc.verse", "wrong"]


def test_two_files_cannot_claim_one_kind(tmp_path):
    (tmp_path / "twice.py").write_text(
        "from grader.checks.base import CheckSpec, register\n"
        "register('expr', place='fields', spec=CheckSpec)(lambda part, name, spec: None)\n"
    )
    script = """
        import sys
        import grader.checks
        grader.checks.__path__.append(sys.argv[1])
        from grader.checks.base import kinds
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

    def compare(self, field, expected, answer, seed, tolerance):
        same = self.worth(expected) == self.worth(answer)
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
    with open(tiny / "problems" / "tiny.yaml", "a") as file:
        file.write(PART.replace("kind: expr", "kind: ratio"))
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
        from grader.sandbox import survey
        print([found.name for found in survey(Path(".")) if found.name == "dreamt"])
        """
    assert run(script, str(tmp_path)).strip() == "['dreamt']"


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


def test_a_platform_is_what_becomes_of_a_record(tiny, tmp_path):
    (tmp_path / "answers.yaml").write_text("tinyb: {entries: 250000}\n")
    (tmp_path / "class.secret").write_text("a secret of sixteen bytes\n")
    order = {"assignment": str(tiny), "submission": str(tmp_path), "secret_file": str(tmp_path / "class.secret")}
    script = """
        import io, json, sys
        from grader.platforms.grade_one import answer
        sys.stdin = io.StringIO(json.dumps({"order": {**json.loads(sys.argv[1]), "accept": "trusted"}, "note": "hi"}))
        sys.exit(answer(lambda record, assignment, given: {"points": record.score, "note": given["note"]}))
        """
    assert run(script, json.dumps(order)) == '{"points": 1.0, "note": "hi"}'
