"""Names as systems give them, and which of several files counts."""

import pytest

from grader.submission.choose import named_as_asked
from grader.submission.file_kinds import Likeness, is_notebook, likeness
from grader.submission.load import from_files
from grader.submission.model import SubmissionSource
from grader.submission.template_stubs import started_functions

DONE = b"def f(x):\n    return x\n"
STUB = b"def f(x):\n    raise NotImplementedError\n"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("answers.yaml", Likeness.EXACT),
        ("hw11/answers.yaml", Likeness.EXACT),
        *((name, Likeness.COPY) for name in ("answers copy.yaml", "answers copy 2.yaml", "answers (1).yaml")),
        *((name, Likeness.COPY) for name in ("answers - Copy.yaml", "answers - Copy (2).yaml", "answers-Copy1.yaml")),
        *((name, Likeness.COPY) for name in ("Copy of answers.yaml", "Kopie von answers.yaml", "answers - Kopie.yaml")),
        *((name, Likeness.COPY) for name in ("answers - Copie.yaml", "answers - copia.yaml", "answers – копия.yaml")),
        *((name, Likeness.COPY) for name in ("Answers.YAML", "answers.yml", "answers.yaml.txt", "ANSWERS (3).yml.txt")),
        *((name, Likeness.COPY) for name in ("answers_final.yaml", "answers v2.yaml", "answers (final).yaml")),
        *((name, Likeness.CONTAINS) for name in ("ada_answers.yaml", "answers_ada.yaml", "hw11 answers s12345.yml")),
        *((name, Likeness.CONTAINS) for name in ("Meißner_answers.yaml", "İpek answers.yml", "answers ﬁnal ẞ.yaml")),
        *(
            (name, None)
            for name in ("answer.docx", "answers.json", "myanswers.yaml", "config.yaml", "answers.yaml.bak")
        ),
    ],
)
def test_answers_files_by_name(name, near):
    assert likeness(name, "answers.yaml") is near


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("heads.py", Likeness.EXACT),
        *((name, Likeness.COPY) for name in ("heads - Copy.py", "heads copy.py", "Heads.PY", "heads (1).py.txt")),
        *((name, Likeness.COPY) for name in ("Copy of heads.py", "heads-1.py", "heads_2.py", "heads1.py")),
        *((name, Likeness.CONTAINS) for name in ("ada_heads.py", "s123 heads.py", "Strauß_heads.py", "İ heads.py.txt")),
        *((name, None) for name in ("test_heads.py", "heads_test.py", "heads_plots.py", "heads.pyc", "subheads.py")),
    ],
)
def test_modules_by_name(name, near):
    assert likeness(name, "heads.py") is near


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("hw11.ipynb", Likeness.EXACT),
        *(
            (name, Likeness.COPY)
            for name in ("hw11 (1).ipynb", "HW11-Copy1.ipynb", "hw11 (1) (2).ipynb", "hw11_2.ipynb")
        ),
        *((name, Likeness.COPY) for name in ("Copy of hw11.ipynb", "hw11 - Copy (3).ipynb", "hw11 final v2.ipynb")),
        *((name, Likeness.CONTAINS) for name in ("ada hw11.ipynb", "hw11 ada.ipynb", "hw11-1 ada.ipynb")),
        *((name, None) for name in ("hw1.ipynb", "hw.ipynb", "hw111.ipynb", "hw12.ipynb", "myhw11.ipynb")),
    ],
)
def test_a_number_that_belongs_to_a_name_is_no_copys(name, near):
    assert likeness(name, "hw11.ipynb") is near


@pytest.mark.parametrize(
    ("files", "read"),
    [
        ({"lora.py": DONE, "lora2.py": DONE}, {"lora.py": "lora.py", "lora2.py": "lora2.py"}),
        ({"lora.py": STUB, "lora2.py": DONE}, {"lora.py": "lora.py", "lora2.py": "lora2.py"}),
        ({"lora2.py": DONE}, {"lora2.py": "lora2.py"}),
        ({"Lora.py": DONE, "Lora2.py": DONE}, {"Lora.py": "lora.py", "Lora2.py": "lora2.py"}),
        ({"lora (1).py": DONE, "lora2 (1).py": DONE}, {"lora (1).py": "lora.py", "lora2 (1).py": "lora2.py"}),
        ({"ada_lora.py": DONE, "ada_lora2.py": DONE}, {"ada_lora.py": "lora.py", "ada_lora2.py": "lora2.py"}),
        ({"lora3.py": DONE, "lora2.py": DONE}, {"lora3.py": "lora.py", "lora2.py": "lora2.py"}),
    ],
)
def test_a_module_is_never_taken_for_another_that_is_asked_for(files, read):
    marked = {name: f"# {name}\n".encode() + content for name, content in files.items()}
    for asked in (["lora", "lora2"], ["lora2", "lora"]):
        named, told = named_as_asked(marked, asked)
        assert {content.split(b"\n")[0][2:].decode(): name for name, content in named.items()} == read
        assert {where for where, _ in told} == {name for name in read if name != read[name]}


def test_a_file_beside_a_copy_of_the_notebook_is_found():
    files = {"work/hw11 (1).ipynb": b"{}", "work/data.csv": b"1", "notes/x.txt": b"1"}
    named, _ = named_as_asked(files, ["lora"], "hw11.ipynb")
    assert set(named) == {"hw11 (1).ipynb", "data.csv", "notes/x.txt"}


@pytest.mark.parametrize(
    "name",
    [
        *("x.ipynb", "X.IPYNB", "x.ipynb.json", "x.ipynb.txt", "a/b.ipynb", "x.Ipynb.JSON"),
        *("Meißner.ipynb", "İpek.ipynb", "Größe/ŉ.IPYNB"),  # letters that are two where case does not count
    ],
)
def test_notebooks_by_name(name):
    assert is_notebook(name)


@pytest.mark.parametrize("name", ["x.ipynb.py", "ipynb", "x.json", "x.ipynb.bak", ".ipynb"])
def test_what_is_no_notebook(name):
    assert not is_notebook(name)


@pytest.mark.parametrize(
    "name", ["answers" + " copy" * 5000 + ".yaml", "a" * 50_000 + ".yaml", " (1)" * 20_000 + ".py"]
)
def test_the_longest_name_ends(name):
    assert likeness(name, "answers.yaml") in (None, Likeness.CONTAINS)


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        ({"heads.py": DONE, "heads (1).py": DONE}, "heads.py"),
        ({"heads.py": STUB, "heads (1).py": DONE}, "heads (1).py"),
        ({"heads.py": STUB, "old/heads.py": DONE}, "old/heads.py"),
        ({"heads.py": STUB, "heads copy.py": STUB}, "heads.py"),
        ({"a/heads.py": DONE, "b/c/heads.py": DONE}, "a/heads.py"),
        ({"ada_heads.py": DONE, "heads_plots.py": DONE}, "ada_heads.py"),
    ],
)
def test_of_several_modules_the_one_with_work_in_it_counts_and_the_choice_is_told(files, counts):
    marked = {name: content + f"# {name}".encode() for name, content in files.items()}
    named, notices = named_as_asked(marked, ["heads"])
    assert named["heads.py"] == marked[counts]
    told = " ".join(f"{where}: {what}" for where, what in notices)
    assert counts == "heads.py" or counts in told or f"{counts.rpartition('/')[0]}/: " in told


def test_beside_a_notebook_a_file_of_nearly_the_name_is_its_helper():
    named, _ = named_as_asked({"hw11.ipynb": b"", "my_heads.py": DONE}, ["heads"])
    assert set(named) == {"hw11.ipynb", "my_heads.py"}


@pytest.mark.parametrize("folder", ["hw11", "Assignment/hw11", "a/b/c"])
def test_work_that_lies_deeper_is_found_with_all_that_lies_beside_it(folder):
    files = {f"{folder}/heads.py": b"import helper\n" + DONE, f"{folder}/helper.py": b"", "README.md": b"read me"}
    submission = from_files(SubmissionSource("a", None), {**files, f"{folder}/answers.yaml": b"a: {x: 1}"}, ["heads"])
    assert set(submission.files) == {"heads.py", "helper.py", "README.md"}
    assert submission.answers["a", "x"].text == "1"
    assert submission.unreadable == ""


@pytest.mark.parametrize(
    ("source", "count"),
    [
        (DONE, 1),
        (STUB, 0),
        (STUB + DONE, 1),
        (b"class C:\n    def f(self):\n        raise NotImplementedError()\n", 0),
        (b'def f(x):\n    raise NotImplementedError("todo")\r\n', 0),
        (b"x = 1\n", 0),
        (b"async def f():\n    return 1", 1),
        (b"f = lambda x: 2 * x\nx = f(lambda: 1)\nN = 3\n", 1),
        (b"f: Callable = lambda x: 2 * x\ndef g(x):\n    raise NotImplementedError\n", 1),
        (b"def f(x):\n    # to do\n\n    raise NotImplementedError", 0),
        (b'def f(x):\n    """Doc."""\n    return 2 * x\n    raise NotImplementedError\n', 1),
        (b"def f(x):\n    y = 2 * x\n    raise NotImplementedError\n    return y\n", 1),
    ],
)
def test_functions_that_are_more_than_the_templates_stub(source, count):
    assert started_functions(source) == count
