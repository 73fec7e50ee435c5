"""Twelve questions with two checks each, for hw11 and for otter-grader, and one submission for both.

Owns the questions: a dozen short torch functions, each held against the right values and asked for its shape. Writes
files; measures nothing.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

QUESTIONS = {
    "relu": "X.clamp(min=0)",
    "softmax": "torch.softmax(X, dim=1)",
    "centred": "X - X.mean(dim=0)",
    "scaled": "X / X.norm(dim=1, keepdim=True)",
    "gram": "X @ X.T",
    "squared": "X * X",
    "cumulated": "X.cumsum(dim=1)",
    "sorted_rows": "X.sort(dim=1).values",
    "distances": "torch.cdist(X, X)",
    "sigmoid": "torch.sigmoid(X)",
    "log_sum_exp": "torch.logsumexp(X, dim=1)",
    "covariance": "torch.cov(X.T)",
}

CODE = "import torch\n" + "".join(f"\n\ndef {name}(X):\n    return {body}\n" for name, body in QUESTIONS.items())


def write_assignment(root: Path) -> None:
    """The questions for hw11."""
    for folder in ("problems/properties", "problems/probes", "reference"):
        (root / folder).mkdir(parents=True)
    (root / "reference" / "__init__.py").write_text("")
    (root / "reference" / "ops.py").write_text(CODE)
    (root / "problems" / "properties" / "ops.py").write_text(
        "import reference.ops\n"
        + "".join(
            f"\n\ndef {name}(inputs, value):\n"
            f"    right = reference.ops.{name}(inputs['X']).shape\n"
            "    return None if value.shape == right else 'another shape is asked for'\n"
            for name in QUESTIONS
        )
    )
    parts = "".join(
        textwrap.indent(
            textwrap.dedent(f"""\
                - id: {name}
                  title: {name}
                  prompt: Write it.
                  points: 2
                  functions:
                    ops.{name}: {{signature: (X) -> Y, does: It.}}
                  runs:
                    - {{call: ops.{name}, points: 1, cases: 1, inputs: {{X: 'normal(4, 3)'}}}}
                    - {{call: ops.{name}, points: 1, cases: 1, property: shape, holds: 'ops:{name}',
                        inputs: {{X: 'normal(4, 3)'}}}}
                """),
            "  ",
        )
        for name in QUESTIONS
    )
    (root / "problems" / "ops.yaml").write_text(f"id: ops\ntitle: Operations\nparts:\n{parts}")


def write_submissions(folder: Path, count: int) -> None:
    """The right answers, so many times, each a little different."""
    for number in range(count):
        place = folder / f"s{number:04d}"
        place.mkdir(parents=True)
        (place / "ops.py").write_text(f"{CODE}\n\nNUMBER = {number}\n")


def write_otter(root: Path) -> None:
    """The same for otter-grader: `tests/`, and `submission.ipynb` with the right answers."""
    (root / "tests").mkdir(parents=True)
    for name, body in QUESTIONS.items():
        setup = "import torch\nX = torch.randn(4, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(7))\n"
        cases = [f"{setup}assert torch.allclose({name}(X), {body})", f"{setup}assert {name}(X).shape == ({body}).shape"]
        test = {
            "name": name,
            "points": 2,
            "suites": [
                {"cases": [{"code": _doctest(case), "hidden": False} for case in cases], "scored": True,
                 "setup": "", "teardown": "", "type": "doctest"}
            ],
        }  # fmt: skip
        (root / "tests" / f"{name}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n")
    cells = [_cell(CODE)]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "submission.ipynb").write_text(json.dumps(notebook))


def _doctest(code: str) -> str:
    return "\n".join(f">>> {line}" for line in code.splitlines())


def _cell(source: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": "answers",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": source,
    }
