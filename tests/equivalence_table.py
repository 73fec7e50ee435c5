"""The public table of cases: reading `tests/cases/equivalence/*.yaml` into single rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from grader.maths.reading.question import Question, Tolerance

FOLDER = Path(__file__).parent / "cases" / "equivalence"
SYMBOLS = yaml.safe_load((FOLDER / "symbols.yaml").read_text(encoding="utf-8"))
VERDICTS = ("equal", "different", "invalid")


@dataclass(frozen=True)
class Row:
    """One answer with the verdict that it must get."""

    file: str
    theme: str
    question: Question
    answer: object
    verdict: str
    says: str = ""
    column: int | None = None

    @property
    def name(self) -> str:
        return f"{self.file}: {self.theme}: {self.verdict}: {ascii(self.answer)[:50]}"


def rows() -> Iterator[Row]:
    """Every row of every file, in order; one that stands in two files counts once."""
    known = set()
    for file in sorted(FOLDER.glob("*.yaml")):
        groups = [] if file.name == "symbols.yaml" else yaml.safe_load(file.read_text(encoding="utf-8"))
        for row in (row for group in groups for row in _rows_of(file.stem, group)):
            case = repr((row.question, row.answer))
            if case not in known:
                known.add(case)
                yield row


def _rows_of(file: str, group: dict) -> Iterator[Row]:
    tolerance = Tolerance(rel=group["tolerance"]) if "tolerance" in group else None
    question = Question(
        id="case",
        kind=group["kind"],
        reference=str(group["reference"]),
        symbols=SYMBOLS[group["symbols"]],
        tolerance=tolerance,
        labels=None,
        ties=group.get("ties", "judged"),
    )
    for verdict in VERDICTS:
        for entry in group.get(verdict, []):
            details = entry if isinstance(entry, dict) else {"answer": entry}
            yield Row(
                file,
                group["theme"],
                question,
                _answer(details),
                verdict,
                details.get("says", ""),
                details.get("column"),
            )


def _answer(details: dict) -> object:
    if "repeat" in details:
        text, count = details["repeat"]
        return text * count
    return details["json"] if "json" in details else str(details["answer"])
