"""A plugin for courses whose autograder is otter: otter makes the results file, this program grades.

Owns keeping student code away from otter: before otter loads a log, starts a kernel or runs a test, the student's
files are moved out of its reach, and the notebook that it executes is empty. The scores come from our own sandboxed
run and replace otter's results afterwards. Needs otter-grader.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from otter.plugins import AbstractOtterPlugin
from otter.test_files import TestCase, TestFile
from otter.test_files.abstract_test import TestCaseResult

from grader.errors import HarnessError
from grader.platforms.gradescope.run import DEFAULT_SECONDS, about
from grader.platforms.watch_process import run_watched
from grader.seeding import SECRET_FILE

FOLDER = "hw11"
"""The folder with the assignment and the class secret, among the autograder's files."""

_OTTERS_OWN = ("tests", "__init__.py", FOLDER)
"""Files that otter puts beside a submission."""


class Plugin(AbstractOtterPlugin):  # type: ignore[misc]  # otter publishes no types
    """Otter's hooks for one submission. Optional configuration: `folder`, `accept` (`full` or `user`), `seconds`."""

    def before_grading(self, config: Any) -> None:
        """Move the submission out of otter's reach and grade it. Otter calls this first, in the submission's folder.

        Raises:
            HarnessError: grading failed. Otter then writes no results, so that nobody gets a 0 for a fault of ours.
        """
        submitted = Path(self.submission_path)
        with tempfile.TemporaryDirectory(prefix="hw11-") as private:
            taken = Path(private) / "submission"
            take_away(submitted, taken)
            ended = run_watched("grader.platforms.otter.results", self._order(taken), self._seconds)
        if ended.answer is None:
            raise HarnessError(f"not graded: a fault of ours, no points lost — {ended.said or 'no answer'}")
        self._graded = ended.answer
        self._report = [f"{ended.seconds:g} s, {ended.peak_mib} MiB at the peak", *self._graded["log"]]
        config.grade_from_log = False
        config.debug = False

    def before_execution(self, _submission: Any) -> Any:
        """An empty notebook in place of the student's."""
        return nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]  # untyped there

    def after_grading(self, results: Any) -> None:
        """Put our questions into otter's results, which are empty."""
        results.results = {one["name"]: OtterQuestion.of(one) for one in self._graded["questions"]}
        results.set_output("\n".join(self._graded["says"]))

    def generate_report(self) -> str:
        """The log of every check, for those who may read otter's own output."""
        return "\n".join(self._report)

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.plugin_config or {}

    @property
    def _seconds(self) -> float:
        return float(self._settings.get("seconds", DEFAULT_SECONDS))

    def _order(self, submission: Path) -> dict[str, Any]:
        folder = self._folder()
        metadata = self.submission_metadata or {}
        return {
            "order": {
                "assignment": str(folder / "assignment"),
                "submission": str(submission),
                "secret_file": str(folder / SECRET_FILE),
                "accept": self._settings.get("accept", "full"),
                **about(metadata, f"otter-{metadata.get('id', Path(self.submission_path).stem)}"),
            }
        }

    def _folder(self) -> Path:
        source = Path(self.submission_path).parent.parent / "source"
        named = self._settings.get("folder")
        places = [Path(named)] if named else [source / FOLDER, source / "files" / FOLDER]
        for place in places:
            if (place / "assignment").is_dir():
                place.chmod(0o700)
                return place
        raise HarnessError(f"the autograder has no folder {FOLDER} with the assignment in {places[0].parent}")


class OtterQuestion(TestFile):  # type: ignore[misc]  # otter publishes no types
    """One part as a question of otter's; it is graded already and cannot be run."""

    @classmethod
    def of(cls, part: Mapping[str, Any]) -> OtterQuestion:
        """The question for a part, as `grader.platforms.otter.results` describes it."""
        cases = [TestCase(one["name"], None, one["hidden"], one["points"], None, None) for one in part["cases"]]
        question = cls(part["name"], f"{part['name']}.py", cases, all_or_nothing=False)
        question.test_case_results = [
            TestCaseResult(case, one["message"], one["passed"]) for case, one in zip(cases, part["cases"], strict=True)
        ]
        question.update_score(part["score"])
        return question

    @classmethod
    def from_file(cls, path: str) -> OtterQuestion:
        """Not supported; otter calls it only for test files."""
        raise NotImplementedError(f"{path}: questions are made from a record")

    @classmethod
    def from_metadata(cls, s: Any, path: str) -> OtterQuestion:
        """Not supported; otter calls it only for test files."""
        raise NotImplementedError(f"{path}: questions are made from a record")

    def run(self, global_environment: dict[str, Any]) -> None:
        """Not supported; otter calls it only for test files."""
        raise NotImplementedError("questions are graded already")


def take_away(submitted: Path, taken: Path) -> None:
    """Copy a submission to `taken`, then delete everything in its folder but the one file that otter must read.

    Otter reads the file that stays as data. It would run or load the others: a log (unpickled), modules named like
    libraries (imported by the kernel), tests.
    """
    folder = submitted.parent
    taken.mkdir()
    for path in sorted(folder.iterdir()):
        plain = not path.is_symlink() and path.name not in _OTTERS_OWN
        if plain and path.is_dir():
            shutil.copytree(path, taken / path.name, symlinks=True)
        elif plain and path.is_file():
            shutil.copyfile(path, taken / path.name)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != submitted:
            path.unlink()
