"""Modules in which nothing has been written yet: known without running them, and only where that is certain."""

import json
import sys

import pytest

from grader.checks.forbidden import uses
from grader.submission.load import load_submission
from grader.submission.model import SubmissionSource
from grader.submission.notebook import Notebook, as_files, cells_behind
from grader.submission.untouched import untouched_stubs

STUB = '''"""tiny: replace each stub."""

import torch


def double(x):
    """Twice x."""
    raise NotImplementedError
'''
CLASS = "\n\nclass Prompt:\n    def __init__(self, n):\n        super().__init__()\n        raise NotImplementedError\n"


def cells(*sources):
    listed = [
        {"cell_type": "code", "id": str(i), "metadata": {}, "source": source, "outputs": []}
        for i, source in enumerate(sources)
    ]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def handed_in(folder, **files):
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_submission(SubmissionSource("ada", folder), ["tiny"]).files


def test_stubs_of_a_file_are_named_with_the_line_of_their_error(tmp_path):
    stubs = untouched_stubs(handed_in(tmp_path, tiny__py=STUB + CLASS))
    assert stubs == {("tiny", "double"): "tiny.py:8", ("tiny", "Prompt"): "tiny.py:14"}


def test_stubs_of_a_notebook_are_named_with_their_cell(tmp_path):
    notebook = cells("import torch\nfrom grader.notebook import check", STUB, 'check("tinya")')
    assert untouched_stubs(handed_in(tmp_path, hw11__ipynb=notebook)) == {("tiny", "double"): "hw11.ipynb cell 2:8"}


@pytest.mark.parametrize(
    "changed",
    [
        STUB.replace("raise NotImplementedError", "return 2 * x"),
        STUB + "\n\ndouble = lambda x: 2 * x\n",
        STUB + "\n\ndef double(x):\n    raise NotImplementedError\n",
        STUB + "\n\nassert torch.ones(2).sum() == 3\n",
        STUB.replace("import torch", "import torhc"),
        STUB.replace("import torch", "from torch import nothing_like_it"),
        STUB.replace("import torch", "import torch.nothing_like_it"),
        STUB.replace("def double", "@torch.no_gradd()\ndef double"),
        STUB.replace("def double(x)", "def double(x=1 / 0)"),
        STUB.replace("def double(x)", "def double(x: missing)"),
        STUB.replace("def double(x):", "def double(x)"),
        STUB.replace("    raise NotImplementedError", "    if x: raise NotImplementedError\n    return x"),
        STUB + CLASS.replace("class Prompt:", "class Prompt(torch.nn.Modul):"),
        STUB + CLASS + "    size = 1 / 0\n",
        STUB + CLASS.replace("class Prompt:", f"class Prompt(torch{'.nn' * 700}):"),
        STUB + CLASS.replace("class Prompt:", f"class Prompt({'-' * 700}torch):"),
        "",
    ],
)
@pytest.mark.parametrize("kind", ["file", "notebook"])
def test_whatever_else_stands_there_has_to_be_run(tmp_path, changed, kind):
    files = {"tiny__py": changed} if kind == "file" else {"hw11__ipynb": cells("import torch", changed)}
    assert untouched_stubs(handed_in(tmp_path, **files)) == {}


def test_what_has_no_file_is_not_known_to_be_installed(monkeypatch):
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    assert untouched_stubs({"tiny.py": STUB.replace("import torch", "import __main__").encode()}) == {}


@pytest.mark.parametrize(
    "forged",
    [
        *(b"", b"no JSON", b"[]", b"{}", b"7", b'{"cells": 7}', b'{"cells": [7]}', b'{"cells": [{}]}', b"[" * 9_000),
        *(b'{"cells": [{"cell_type": "code"}]}', b'{"cells": [{"cell_type": "code", "source": [7]}]}', b"\xff"),
    ],
)
def test_a_notebook_that_was_forged_behind_a_module_is_no_fault_of_ours(forged):
    files = as_files(Notebook("mine.ipynb"), ["tiny"], "data.json") | {"data.json": forged}
    assert cells_behind(files["tiny.py"], files) is None
    assert untouched_stubs(files) == {}
    assert uses(files, "tiny.double", ["sorted"]) is None


def test_half_a_letter_in_a_cell_behind_a_module_costs_nothing():
    cells = b'{"cells": [{"cell_type": "code", "source": "def double(x):\\n    return sorted(x), \'\\ud800\'"}]}'
    files = as_files(Notebook("mine.ipynb"), ["tiny"], "data.json") | {"data.json": cells}
    assert uses(files, "tiny.double", ["sorted"]) == ("sorted", "data.json:2")
