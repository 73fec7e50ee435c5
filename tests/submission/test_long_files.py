"""Reading a file takes as long as the file is: no text makes a reader look at everything again from every character.

Each text is so long that a reader of quadratic time would take minutes to hours.
"""

import json

import pytest

from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource

COUNT = 200_000
UNITS = {
    "line breaks": "\n",
    "blanks": " ",
    "blanks and line breaks": " \n",
    "carriage returns": "\r\n",
    "letters": "a",
    "dots": "a.",
    "commas": "a, ",
    "quotes": '"',
    "backslashes": "\\",
    "colons": "a: ",
    "async": "async ",
    "stubs": "raise NotImplementedError ",
}


def notebook(text):
    cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


FILES = {
    "heads.py": lambda text: {"heads.py": text, "work.ipynb": notebook("x = 1")},
    "work.ipynb": lambda text: {"work.ipynb": notebook(text)},
    "answers.yaml": lambda text: {"answers.yaml": text},
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_a_long_file_is_read_in_one_go(tmp_path, unit, file):
    for name, content in FILES[file](unit * COUNT).items():
        (tmp_path / name).write_text(content)
    assert load_submission(SubmissionSource(id="ada", path=tmp_path), ["heads", "loss"]).id == "ada"


@pytest.mark.parametrize("before", ["async", "raise NotImplementedError", "x =", "answers = '''", "check("])
def test_so_is_one_long_line_of_blanks(tmp_path, before):
    for name, content in FILES["heads.py"](before + " " * COUNT).items():
        (tmp_path / name).write_text(content)
    (tmp_path / "work.ipynb").write_text(notebook(before + " " * COUNT))
    assert load_submission(SubmissionSource(id="ada", path=tmp_path), ["heads", "loss"]).id == "ada"
