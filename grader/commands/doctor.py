"""`hw11 doctor`: what this machine can guarantee."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from grader.cli import NOT_RIGHT, print_json, say
from grader.doctor import examine

_SIGNS = {"good": "✓", "lower": "~", "missing": "✗"}


def run(root: Path, as_json: bool) -> int:
    """List the findings; 0 only if untrusted code may run here."""
    contained = False
    for finding in examine(root / "problems" / "probes"):
        contained |= finding.isolates and finding.state == "good"
        if as_json:
            print_json(asdict(finding))
            continue
        print(f"{_SIGNS[finding.state]} {finding.what:12} {finding.says}")
        if finding.advice:
            print(f"  {'':12} → {finding.advice}")
    if not as_json:
        say("untrusted code can be graded here" if contained else "untrusted code cannot be graded safely here")
    return 0 if contained else NOT_RIGHT
