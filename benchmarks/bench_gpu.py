"""Question 4's executed checks on a GPU: code that trains there gets the verdicts that it gets on the CPU.

    python benchmarks/bench_gpu.py                       in full isolation; --isolation process: in plain processes
    python benchmarks/bench_gpu.py --devices cpu,cpu     the same without a GPU, to try this program

Honest code and planted slips move model and data to the device that they name. Prints Markdown. Ends with 1 where a
verdict is another one than on the CPU, where honest code does not earn everything, or where a slip does.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from measuring import markdown

from grader.grading.worker_grader import Settings, grader_for
from grader.records import Verdict
from grader.sandbox.registry import Device
from grader.submission.load import from_files
from grader.submission.model import SubmissionSource

METHOD = """
The executed checks of question 4 on the same submissions, which train on the CPU and then on the GPU, without the
starting of the sandbox.
"""
ROOT = Path(__file__).parent.parent
PARTS = ("q4a", "q4b", "q4c")
HONEST = "train_one"
SLIPS = ("no_zero_grad", "sum_loss", "momentum", "last_batch_loss", "contiguous_window", "seed_ignored")
"""Of `reference/mistakes/lr_scaling.py`: of the gradient, the rule, the loss that is told, and the rows."""
ON_DEVICE = """

_trained = {name}


def train_one(make_model, optimizer, X, y, *, lr, batch_size, n_steps, seed):
    rest = dict(lr=lr, batch_size=batch_size, n_steps=n_steps, seed=seed)
    return _trained(lambda: make_model().to("{device}"), optimizer, X.to("{device}"), y.to("{device}"), **rest)
"""

Verdicts = dict[str, Verdict]
"""By check id."""


def main() -> int:
    """Grade everything on both devices; 1 if anything is not as it should be."""
    options = _options()
    before, after = options.devices
    markdown.section(f"Question 4 on {after}, {options.isolation} isolation", METHOD)
    markdown.head("submission", f"on {before}", f"on {after}", "checks", "other verdicts", "caught by")
    held = True
    for name in (HONEST, *SLIPS):
        verdicts, seconds = zip(*(_graded(name, device, options.isolation) for device in (before, after)), strict=True)
        other = [check for check in verdicts[0] if verdicts[0][check] != verdicts[1][check]]
        caught = [check for check, verdict in verdicts[1].items() if verdict != "correct"]
        times = [f"{one:.1f} s" for one in seconds]
        markdown.row(name, *times, f"{len(verdicts[1])}", ", ".join(other) or "none", f"{len(caught)}")
        held = held and not other and (name == HONEST) == (not caught)
    print("\n" + ("All verdicts are the same.\n" if held else "NOT all is as it should be.\n"))
    return 0 if held else 1


def _graded(name: str, device: Device, isolation: str) -> tuple[Verdicts, float]:
    """The verdicts on what was run, and wall seconds."""
    grader = grader_for(Settings(ROOT, b"a secret for measuring", isolation, device, PARTS))  # type: ignore[arg-type]
    grader.executor.observe({}, [])  # it starts with its first use
    files = {path.name: path.read_bytes() for path in sorted((ROOT / "reference").glob("lr_scaling.*"))}
    wrong = "" if name == HONEST else (ROOT / "reference" / "mistakes" / "lr_scaling.py").read_text(encoding="utf-8")
    code = files["lr_scaling.py"].decode() + wrong + ON_DEVICE.format(name=name, device=device)
    files["lr_scaling.py"] = code.replace("from __future__ import annotations\n", "").encode()
    started = time.perf_counter()
    record = grader.grade(from_files(SubmissionSource(name, Path()), files, grader.assignment.modules))
    seconds = time.perf_counter() - started
    checks = [check for part in record.parts for check in part.checks]
    return {check.id: check.verdict for check in checks if check.kind not in ("number", "choice", "text")}, seconds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--isolation", choices=("full", "process"), default="full")
    parser.add_argument("--devices", type=lambda text: text.split(","), default=["cpu", "cuda"], metavar="cpu,cuda")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
