"""The homework as every test reads it: loaded once in a process."""

from __future__ import annotations

from pathlib import Path

from grader.assignment.load import load_assignment

ASSIGNMENT = load_assignment(Path(__file__).parents[1])
