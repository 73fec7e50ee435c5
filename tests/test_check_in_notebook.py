"""`check("…")` in a notebook: the cells that were run, the same outcomes as `hw11 check`, shown inline."""

import json
import subprocess
import sys
from html import unescape
from types import SimpleNamespace

import pytest

import grader.notebook as live
from grader.assignment.load import load_assignment
from grader.authoring.kit.notebook import notebook_text

ANSWERS = 'answers = r"""\ntinya:\n  size: m*k\n  bytes: 5*m*k\n  why: |\nBecause <script>alert(1)</script>.\n"""'


@pytest.fixture
def kernel(tiny, tmp_path, monkeypatch, fake_executor, judge):
    """Runs `check` as if some cells had been run, with files beside the notebook."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    assignment = load_assignment(tiny)
    executor = fake_executor({"tiny.double": lambda X: 2 * X}, {"tiny:bytes_of": lambda f, X: 4 * X.numel()})
    monkeypatch.setattr(live, "_started", lambda: (assignment, executor, judge))

    def check(*cells, names=("tinya",), **beside):
        for name, text in beside.items():
            (work / name.replace("__", ".")).write_text(text)
        shell = SimpleNamespace(history_manager=SimpleNamespace(input_hist_raw=["", *cells]))
        monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
        return live.check(*names)

    return check


def test_it_tells_what_hw11_check_tells(kernel):
    text = repr(kernel("import torch", ANSWERS, 'check("tinya")'))
    assert "read as m*k" in text or "read as m k" in text
    assert "does not hold yet: bytes are four times the entries" in text
    assert "hidden checks count too" in text


def test_of_a_cell_that_was_run_again_the_last_version_counts_without_a_word(kernel):
    text = repr(kernel(ANSWERS, ANSWERS.replace("5*m*k", "4*m*k")))
    assert "does not hold" not in text
    assert "earlier cell" not in text


def test_cells_are_named_as_jupyter_numbers_them(kernel):
    text = repr(kernel("x = 1", 'answers = r"""\ntinya:\n  size: [\n"""'))
    assert "In [2]:" in text
    assert "hw11.ipynb" not in text


def test_what_changed_since_the_last_check_is_told_at_the_top_and_at_each_check(kernel):
    wrong, right = ANSWERS, ANSWERS.replace("5*m*k", "4*m*k")
    for cells, change, beside in (
        (wrong, "", ""),
        (right, "Since last time: +2 fixed.", "fixed since last time"),
        (right, "", ""),
        (wrong, "Since last time: 2 new to mend.", "new since last time"),
    ):
        feedback = kernel(cells)
        page = unescape(feedback._repr_html_())
        for text in (repr(feedback), page):
            assert ("Since last time" in text) == bool(change)
            assert change in text
            assert beside in text


def test_steps_stand_in_the_frame_where_several_parts_are_checked(kernel):
    steps = '<ol class="steps">'
    assert steps in unescape(kernel(ANSWERS, names=())._repr_html_())
    assert steps not in unescape(kernel(ANSWERS)._repr_html_())


def test_before_any_cell_was_run_it_says_what_to_do(kernel):
    assert "none yet: run the cells that hold your answers" in repr(kernel("x = 1"))


def test_files_beside_the_notebook_belong_to_the_work(kernel):
    assert "read as m" in repr(kernel(answers__yaml="tinya: {size: m*k}\n"))


def test_it_is_shown_in_a_frame_and_what_was_typed_is_no_markup(kernel):
    html = kernel(ANSWERS)._repr_html_()
    page = unescape(html.partition('srcdoc="')[2].rpartition('"')[0])
    assert html.startswith("<iframe")
    assert "<script" not in html
    assert "<script>alert" not in page
    assert "script-src" not in page
    assert "Because" in page


@pytest.mark.parametrize("names", [("tiny",), ()])
def test_a_problem_or_everything_may_be_asked_for(kernel, names):
    text = repr(kernel(ANSWERS, names=names))
    assert "tinya  " in text
    assert "tinyb  " in text


def test_a_part_that_does_not_exist_is_told(kernel):
    feedback = kernel(ANSWERS, names=("q99",))
    assert repr(feedback) == "there is no part 'q99' (there are: tinya, tinyb)"
    assert feedback._repr_html_() == ""


def test_outside_a_notebook_it_says_what_to_run(monkeypatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert "hw11 check PATH" in repr(live.check("tinya"))


RUN = """
import json, sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], 4)
NotebookClient(notebook, timeout=1200, startup_timeout=1200, kernel_name="python3").execute()
code = [cell for cell in notebook.cells if cell.cell_type == "code"]
print(json.dumps({cell.id: [dict(output.data) for output in cell.outputs if "data" in output] for cell in code}))
"""


@pytest.mark.slow
def test_a_student_solves_a_part_in_a_real_kernel(tiny):
    """The template notebook with one part done, run from top to bottom in the assignment's folder."""
    notebook = json.loads(notebook_text(load_assignment(tiny)))
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["id"] == "tinya-answers":
            cell["source"] = text.replace("size:", "size: m*k").replace("bytes:", "bytes: 4*m*k")
        if cell["id"] == "tinya-code-1":
            cell["source"] = "def double(X):\n    return X + X"
    (tiny / "hw11.ipynb").write_text(json.dumps(notebook))
    done = subprocess.run(
        [sys.executable, "-c", RUN, "hw11.ipynb"], cwd=tiny, capture_output=True, text=True, timeout=1800
    )
    assert done.returncode == 0, done.stderr
    outputs = json.loads(done.stdout.splitlines()[-1])
    (shown,) = outputs["tinya-check"]
    assert "3 of 3 public checks passed" in shown["text/plain"]
    assert shown["text/html"].startswith("<iframe")
