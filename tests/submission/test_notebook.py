"""Notebooks as submissions: read as data, whatever is in them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.submission import notebook as module
from grader.submission.answer_lines import indented_prose
from grader.submission.discover import find_submissions
from grader.submission.load import load_submission
from grader.submission.magics import without_magics
from grader.submission.model import SubmissionSource
from grader.submission.notebook import as_files, read_notebook

ANSWERS = 'answers = r"""\nq1:\n  x: 4*k\n"""'
CODE = "def double(x):\n    return 2 * x"


def cell(source, kind="code", **more):
    return {"cell_type": kind, "id": "c", "metadata": {}, "source": source, "outputs": [], **more}


def notebook(*cells, **more):
    listed = [cell(one, id=f"c{i}") if isinstance(one, str) else one for i, one in enumerate(cells)]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


def read(*cells, **more):
    return read_notebook(notebook(*cells, **more), "hw11.ipynb")


def hand_in(folder, **files):
    folder.mkdir(exist_ok=True, parents=True)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_submission(SubmissionSource("ada", folder), ["tiny", "other"])


def typed(submission):
    return {".".join(key): answer.text for key, answer in submission.answers.items()}


# --- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        ANSWERS,
        ANSWERS.replace('r"""', '"""'),
        ANSWERS.replace('"""', "'''"),
        ANSWERS.replace("\n", "\r\n"),
        "# @title Your answers\n\n" + ANSWERS,
        'answers=r"""q1: {x: 4*k}"""',
        ANSWERS + "\nprint(answers)",
    ],
)
def test_an_answers_cell_is_read_and_never_code(source):
    found = read(source)
    assert {key: answer.text for key, answer in found.answers.answers.items()} == {("q1", "x"): "4*k"}
    assert found.code == {}
    assert found.notices == []


@pytest.mark.parametrize("source", [r"\frac{k}{m}", r"\beta \theta", "a: b", "no", "1e-3"])
def test_backslashes_and_words_stay_as_typed(source):
    found = read(f'answers = """\nq1:\n  x: |\n    {source}\n"""')
    assert found.answers.answers["q1", "x"].text == source


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("  why: |\nBoth are zero.\nNote: for ever.\n", "Both are zero.\nNote: for ever."),
        ("  why: |\n\nTwo paragraphs,\n\nof prose.\n", "\nTwo paragraphs,\n\nof prose."),
        ("  why: |\n    As YAML wants it.\n      - kept\n", "As YAML wants it.\n  - kept"),
        ("  why: >\none\ntwo\n", "one two"),
        ("  why: |\n结论：\n学习率太大。\n", "结论：\n学习率太大。"),
        ("  why: |\n  原因： 学习率\n  größer: nein\n  3: zu klein\n", "原因： 学习率\ngrößer: nein\n3: zu klein"),
        ("  why: |\n  été : oui\n", "été : oui"),
    ],
)
def test_prose_may_stand_at_the_left_edge(typed, read_as):
    found = read(f'answers = r"""\nq1:\n{typed}  # What next?\n  next: 5\nq2:\n  y: 6\n"""')
    answers = {key: (answer.text or "").strip("\n") for key, answer in found.answers.answers.items()}
    assert answers == {("q1", "why"): read_as.strip("\n"), ("q1", "next"): "5", ("q2", "y"): "6"}


@pytest.mark.parametrize("part", ["q2:", "q2: # the second", "q2: {y: 6}  # so", "'q2':", '"q2" :', "q2：", "q2:\t"])
@pytest.mark.parametrize("block", ["why: |", "'why': | # in words", "why：|", "why : >"])
@pytest.mark.parametrize("slip", ["", "q3:\n  z: 'open\n"])
def test_behind_prose_the_next_part_begins_however_it_is_written(part, block, slip):
    for prose in ("    Indented.", "At the edge."):
        text = f"q1:\n  {block}\n{prose}\n{part}\n{'' if '{' in part else '  y: 6'}\n{slip}"
        answers = read(f'answers = r"""\n{text}"""').answers.answers
        assert answers["q1", "why"].text.strip() == prose.strip()
        assert answers["q2", "y"].text == "6"


@given(st.text(alphabet="ab:| \n#'", max_size=60))
def test_indenting_prose_keeps_every_line(text):
    assert [line.strip() for line in indented_prose(text).split("\n")] == [line.strip() for line in text.split("\n")]


def test_a_line_that_yaml_cannot_read_is_named_by_cell_and_line():
    found = read("x = 1", 'answers = r"""\nq1:\n  x: [1\n"""')
    assert found.answers.notices[0][0] == "hw11.ipynb cell 2:3"


def test_a_missing_end_is_told():
    found = read('answers = r"""\nq1:\n  x: 4\n')
    assert found.answers.answers["q1", "x"].text == "4"
    assert "closing" in found.answers.notices[0][1]


def test_of_two_cells_for_one_part_the_later_counts_and_that_is_told():
    found = read(ANSWERS, ANSWERS.replace("4*k", "5*k"))
    assert found.answers.answers["q1", "x"].text == "5*k"
    assert found.notices == [("hw11.ipynb cell 2", "q1: answered in an earlier cell, too; this one counts")]


def test_an_empty_copy_of_the_cell_takes_nothing_away():
    assert read(ANSWERS, ANSWERS.replace(" 4*k", "")).answers.answers["q1", "x"].text == "4*k"


# --- magics ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!pip install torch",
        "? torch",
        "torch.nn?",
        "x??",
        "files = !ls",
        "t = %timeit -o f()",
        "import otter",
        "from otter import Notebook",
        "grader = otter.Notebook('hw.ipynb')",
        "grader.check('q1')",
        "grader.check_all()",
        "    %timeit f()",
    ],
)
def test_a_magic_or_another_graders_line_goes_and_is_told(line):
    source = f"a = 1\n{line}\nb = 2"
    plain, told = without_magics(source)
    assert plain.split("\n")[::2] == ["a = 1", "b = 2"]
    assert plain.split("\n")[1].strip() == "pass"
    assert told == [line.strip()]


@pytest.mark.parametrize(
    "source",
    [
        "x = (7\n  % 4)",
        "x = 7 \\\n  % 4",
        's = """\n%matplotlib inline\n!ls\n"""',
        "s = '!' # %magic",
        "y = x != 1",
        "z = a % b",
        "# what now?",
        "s = 'really?'",
        "",
    ],
)
def test_plain_python_stays_as_it_is(source):
    assert without_magics(source) == (source, [])


@pytest.mark.parametrize("line", ["from grader.notebook import check", 'check("q1d")', "import grader"])
def test_our_own_check_goes_without_a_word(line):
    assert without_magics(line) == ("pass", [])


def test_a_call_over_several_lines_goes_as_a_whole():
    assert without_magics("grader.check(\n  'q1',\n)\na = 1")[0] == "pass\n\n\na = 1"


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%%time\na = 1", "\na = 1"),
        ("%%capture out\na = 1", "\na = 1"),
        ("\n%%time\na = 1", "\n\na = 1"),
        ("%%bash\nrm -rf /", ""),
        ("%%writefile notes.txt\nx = 1", ""),
    ],
)
def test_a_cell_magic_keeps_a_cell_of_python(source, plain):
    assert without_magics(source) == (plain, [source.strip().split("\n")[0]])


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%time x = 1", "x = 1"),
        ("if a:\n    %time x = f(\n        1)", "if a:\n    x = f(\n        1)"),
        ("%prun -l 5 f()", "pass"),
        ("%time import m", "import m"),
        ("%time s = '# %'", "s = '# %'"),
        ("%memit x = 1", "x = 1"),
    ],
)
def test_a_magic_that_runs_the_rest_of_its_line_keeps_it(source, plain):
    assert without_magics(source)[0] == plain


@pytest.mark.parametrize(
    ("source", "plain", "dropped"),
    [
        ("%%time\n# why\n%%capture out\nx = 1", "\n\n\nx = 1", ["%%time", "%%capture out"]),
        ("%%time\n%%bash\nls", "\n", ["%%time", "%%bash"]),
        ("%%time\n%%time", "\n", ["%%time", "%%time"]),
        ("%%time\n" * 3000 + "x = 1", "\n" * 7, ["%%time"] * 8),
        ("%%time\n\n" * 200_000 + "x = 1", "\n" * 13, ["%%time"] * 8),
    ],
    ids=["two", "no Python", "no cell", "thousands", "a megabyte"],
)
def test_cell_magics_may_stand_on_each_other_and_thousands_cost_nothing(source, plain, dropped):
    assert without_magics(source) == (plain, dropped)


def laid_out(submission):
    return [
        (one["metadata"].get("place"), one["source"]) for one in json.loads(submission.files["hw11.ipynb"])["cells"]
    ]


@pytest.mark.parametrize(
    "magic", ["%%writefile tiny.py", "%%file tiny.py", "\n%%writefile ./tiny.py", "%%writefile 'tiny.py'"]
)
def test_a_module_that_a_cell_writes_counts_and_the_cells_fill_in_the_rest(tmp_path, magic):
    submission = hand_in(tmp_path / "ada", hw11__ipynb=notebook(f"{magic}\n{CODE}\n", "def other(x):\n    return x"))
    assert submission.files["tiny.py"].decode().startswith(CODE)
    assert b"__getattr__" in submission.files["tiny.py"]
    assert b"return 2" not in submission.files["other.py"]


def test_a_cell_may_add_to_a_file_and_write_any_module(tmp_path):
    cells = ("%%writefile more.py\na = 1\n", "%%writefile -a more.py\nb = 2\n", "%%writefile ../out.py\nc = 3", CODE)
    submission = hand_in(tmp_path / "ada", hw11__ipynb=notebook(*cells))
    assert submission.files["more.py"] == b"a = 1\nb = 2\n"
    assert not any("out.py" in name for name in submission.files)


def test_a_file_that_was_handed_in_is_not_written_over(tmp_path):
    submission = hand_in(tmp_path / "ada", hw11__ipynb=notebook("%%writefile more.py\na = 1"), more__py="a = 5")
    assert submission.files["more.py"] == b"a = 5"


def test_an_untouched_template_that_a_cell_writes_hides_nothing(tmp_path):
    stub = "%%writefile tiny.py\ndef double(x):\n    raise NotImplementedError"
    submission = hand_in(tmp_path / "ada", hw11__ipynb=notebook(stub, CODE))
    assert b"NotImplementedError" not in submission.files["tiny.py"]


@pytest.mark.parametrize(
    "run", ["%run helper.py", "%run -i helper.py", "%run './helper.py'", "%run helper.ipynb", "%run written.py"]
)
def test_what_a_cell_runs_is_brought_into_the_notebook(tmp_path, run):
    inside = notebook("%%writefile written.py\nk = 2", f"{run}\na = 1")
    files = {"hw11__ipynb": inside, "helper__py": "k = 2", "helper__ipynb": notebook("k = 2")}
    submission = hand_in(tmp_path / "ada", **files)
    ((place, code),) = [one for one in laid_out(submission) if one[0]]
    assert place.startswith(("helper", "written"))
    assert code == "k = 2"
    assert not any("left out" in why for _, why in submission.notices)


@pytest.mark.parametrize("run", ["%run nowhere.py", "%run ../../secret.py", "%run /etc/passwd"])
def test_what_was_not_handed_in_is_not_run_and_told(tmp_path, run):
    submission = hand_in(tmp_path / "ada", hw11__ipynb=notebook(f"{run}\na = 1", CODE))
    assert not any(place for place, _ in laid_out(submission))
    assert any(run in why for _, why in submission.notices)


@pytest.mark.parametrize(
    ("source", "kind", "told"),
    [
        (ANSWERS, "markdown", True),
        (ANSWERS, "raw", True),
        (CODE, "markdown", True),
        ("import x\n\nclass C:\n    pass", "raw", True),
        ("# A title\n\nSome *text*: define the class of def.", "markdown", False),
        ("answers go below", "markdown", False),
        ("q1a:\n  product: k*m\n", "raw", True),
        ("student: {name: Ada}\nq1a:\n  product: k*m\n", "raw", True),
        ("\nq1a:\n\n  product: k*m\n", "markdown", True),
        ("q1a:\n  product:\n", "markdown", False),
        ("Some text.\nNote:\n  one: 1\n", "markdown", False),
        (CODE, "code", False),
    ],
)
def test_work_in_a_cell_of_another_type_is_told(source, kind, told):
    notices = read("x = 1", cell(source, kind, id="other")).notices
    assert any(where == "hw11.ipynb cell 2" and f"is a {kind} cell" in why for where, why in notices) == told


@pytest.mark.parametrize(
    ("source", "told"),
    [
        *((f'{name} = r"""\nq1a:\n  product: k*m\n"""', True) for name in ("answer", "ANSWERS", "answers_q1")),
        ('q1a:\n  product: k*m\n"""\n', True),
        ("answers = “””\nq1a:\n  product: k*m\n”””", True),
        ('print("""\nq1a:\n  product: k*m\n""")', True),
        ('def f(x):\n    """Say it.\n\n    Args:\n        x: a number\n    """\n', False),
        ("try:\n  x: int = 3\nfinally:\n  y: int = 4\nif x:\n  pass\nelse:\n  z: int = 3\n", False),
    ],
)
def test_answers_that_nothing_has_read_are_told(source, told):
    notices = read(source).answers.notices
    assert [why for _, why in notices] == ['the answers in it were not read: write them as `answers = r"""…"""`'] * told


@pytest.mark.parametrize("kind", [{}, {"cell_type": "Code"}, {"cell_type": "CODE"}])
def test_a_cell_without_a_type_or_with_it_in_capitals_holds_code(kind):
    cells = [{**kind, "source": ANSWERS}, {**kind, "source": CODE}]
    found = read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode(), "n")
    assert (bool(found.answers.answers), list(found.code)) == (True, [2])


@given(st.text(alphabet="a(=%!?\n\"'\\#) ", max_size=40))
def test_line_numbers_never_change(source):
    plain, _ = without_magics(source)
    assert plain == "" or plain.count("\n") == source.count("\n")


def test_what_was_left_out_is_told_once():
    found = read("%matplotlib inline\nimport x", "!ls\n!ls\n!ls\n!ls")
    assert len(found.notices) == 1
    assert "`%matplotlib inline` (cell 1)" in found.notices[0][1]
    assert "and 1 more" in found.notices[0][1]


# --- damaged, old and strange ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON"),
        (notebook(CODE)[:-9], "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"cells": [' + b"9" * 5000 + b"]}", "not JSON"),
        (b"[1, 2]", "it is no notebook"),
        (b'{"nbformat": 2}', "format 2"),
        (b'{"nbformat": 4, "cells": {}}', "it is no notebook"),
        (b'{"cells": "\xff\xfe\xfa\x00"}', "no text file"),
    ],
)
def test_a_damaged_notebook_is_a_fault_and_never_an_exception(content, says, tmp_path):
    assert says in read_notebook(content, "hw11.ipynb").fault
    submission = hand_in(tmp_path / "ada", hw11__ipynb=content)
    assert says in submission.unreadable
    assert any(says in message for _, message in submission.notices)
    assert submission.files == {}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["cells", "nbformat", "cell_type", "source", "id", "worksheets", "input"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_no_json_is_an_exception(data):
    found = read_notebook(json.dumps(data).encode(), "hw11.ipynb")
    assert found.fault or found.cells >= 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_encoding_that_json_allows_is_read(encoding):
    content = notebook('answers = """\nq1: {x: "é"}\n"""').decode().encode(encoding)
    assert read_notebook(content, "n").answers.answers["q1", "x"].text == "é"


def test_format_3_is_read():
    old = {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "heading"}, {"cell_type": "code", "input": [CODE]}]}]}
    assert read_notebook(json.dumps(old).encode(), "n").code == {2: CODE}


def test_lines_may_be_listed_and_texts_are_no_code():
    found = read(cell(["a = 1\n", "b = 2"]), cell("# Title", "markdown"), cell("# ASSIGNMENT CONFIG", "raw"))
    assert found.code == {1: "a = 1\nb = 2"}


def test_equal_ids_lose_nothing_and_are_told():
    found = read(cell(CODE), cell(ANSWERS))
    assert found.code
    assert found.answers.answers
    assert "id of another" in found.notices[0][1]


def test_outputs_however_large_are_not_read(tmp_path):
    loud = notebook(cell(CODE, outputs=[{"output_type": "stream", "text": "x" * (9 << 20)}]))
    submission = hand_in(tmp_path / "ada", hw11__ipynb=loud)
    assert len(submission.files["hw11.ipynb"]) < 1000
    assert submission.notices == (
        ("hw11.ipynb", "holds no typed answers that can be read: every typed field counts as not started"),
    )


def test_too_many_cells_and_too_much_code_are_told(monkeypatch):
    monkeypatch.setattr(module, "MAX_CELLS", 2)
    assert "the first 2 are read" in read("a", "b", "c").notices[0][1]
    monkeypatch.setattr(module, "MAX_SOURCE_CHARACTERS", 5)
    assert "not read" in read("a = 1", "b = 2").notices[0][1]


# --- with files ------------------------------------------------------------------------------------------------------


def test_folder_zip_and_bare_notebook_are_one_submission(tmp_path):
    import zipfile

    hand_in(tmp_path / "ada", hw11__ipynb=notebook(ANSWERS, CODE))
    with zipfile.ZipFile(tmp_path / "ada.zip", "w") as file:
        file.write(tmp_path / "ada" / "hw11.ipynb", "ada/hw11.ipynb")
    paths = [tmp_path / "ada", tmp_path / "ada.zip", tmp_path / "ada" / "hw11.ipynb"]
    found = [load_submission(find_submissions([path], ["tiny"]).sources[0], ["tiny"]) for path in paths]
    assert len({(str(one.files), str(one.answers), one.files_sha256) for one in found}) == 1


def test_another_name_is_read_all_the_same(tmp_path):
    submission = hand_in(tmp_path / "ada", **{"Copy of homework__ipynb": notebook(ANSWERS)})
    assert typed(submission) == {"q1.x": "4*k"}


def test_of_several_notebooks_the_one_with_the_right_name_counts(tmp_path):
    submission = hand_in(tmp_path / "ada", a__ipynb=notebook(), hw11__ipynb=notebook(ANSWERS))
    assert typed(submission) == {"q1.x": "4*k"}
    assert ("a.ipynb", "not read: hw11.ipynb counts") in submission.notices


def test_a_field_typed_in_the_answers_file_counts_and_the_notebook_fills_in_the_rest(tmp_path):
    two = notebook('answers = r"""\nq1: {x: 5*k, y: 6}\nq2: {z: 7}\n"""')
    submission = hand_in(tmp_path / "ada", hw11__ipynb=two, answers__yaml="q1: {x: 4*k, y: }\n")
    assert typed(submission) == {"q1.x": "4*k", "q1.y": "6", "q2.z": "7"}
    assert ("hw11.ipynb", "q1.x: answers.yaml holds another answer, and that one counts") in submission.notices


@pytest.mark.parametrize("empty", ["", "' '", '"\\t"', "''", "|\n    ", "' \n '"])
def test_a_field_that_is_empty_in_the_answers_file_is_taken_from_the_notebook(tmp_path, empty):
    student = f"student:\n  name: {empty}\n"
    said = notebook(ANSWERS, 'answers = r"""\nstudent: {name: Ada}\n"""')
    submission = hand_in(tmp_path / "ada", hw11__ipynb=said, answers__yaml=f"q1:\n  x: {empty}\n{student}")
    assert submission.answer("q1", "x").text == "4*k"
    assert submission.student == {"name": "Ada"}


def test_a_part_that_is_broken_in_the_file_is_taken_from_the_notebook(tmp_path):
    submission = hand_in(tmp_path / "ada", hw11__ipynb=notebook(ANSWERS), answers__yaml="q1: {x: [1\n")
    assert submission.answer("q1", "x").text == "4*k"


@pytest.mark.parametrize(
    ("source", "counts"),
    [
        ("def double(x):\n    return 2 * x\n", "file"),
        ("def double(x):\n    raise NotImplementedError\n", "notebook"),
        ("", "notebook"),
        ("def a(x):\n    raise NotImplementedError\n\ndef b(x):\n    return 1\n", "file"),
    ],
)
def test_a_module_counts_as_soon_as_it_is_started(tmp_path, source, counts):
    submission = hand_in(tmp_path / "ada", hw11__ipynb=notebook(CODE), tiny__py=source)
    kept = submission.files["tiny.py"] == source.encode()
    assert kept == (counts == "file")
    assert (("tiny.py", "counts for its functions, not hw11.ipynb") in submission.notices) == kept


def test_the_sandbox_gets_code_alone(tmp_path):
    submission = hand_in(tmp_path / "ada", hw11__ipynb=notebook(ANSWERS, cell("# secret plan", "markdown"), CODE))
    assert set(submission.files) == {"hw11.ipynb", "tiny.py", "other.py"}
    cells = json.loads(submission.files["hw11.ipynb"])["cells"]
    assert [one["source"] for one in cells] == ["", "", CODE]


def test_without_modules_there_is_nothing_to_lay_out():
    assert as_files(read(CODE), []) == {}


PREPARED = [
    ("%%capture\n!pip install x\ndef f(): return 1", "\npass\ndef f(): return 1"),
    ("#@title Form { run: 'auto' }\n%%time\ndef f(): return 1", "\n\ndef f(): return 1"),
    ("%%time\n%%capture\ndef f(): return 1", "\n\ndef f(): return 1"),
    ("    import math\n    def f():\n        return 1", "import math\ndef f():\n    return 1"),
    (">>> def f():\n...     return 1\n", "def f():\n    return 1\n"),
    ("In [3]: x = 1", "x = 1"),
    ("%%script echo\ndef f(): return 2", ""),
    ("def f(): return 1\n%%time", "def f(): return 1\npass"),
]


@pytest.mark.parametrize(("typed", "code"), PREPARED)
def test_a_cell_is_prepared_as_notebooks_do(typed, code):
    assert without_magics(typed)[0] == code


@pytest.mark.parametrize(
    ("source", "read", "code"),
    [
        ('answers: str = r"""\nq1:\n  x: 1\n"""', {("q1", "x"): "1"}, None),
        ('answers = ("""\nq1:\n  x: 1\n""")', {("q1", "x"): "1"}, None),
        ('answers = """\nq1:\n  x: 1\n""".strip()\nprint(answers)', {("q1", "x"): "1"}, None),
        ('answers = """\nq1:\n  x: 1\n"""\nanswers += """\n  y: 2\n"""', {("q1", "x"): "1", ("q1", "y"): "2"}, None),
        (
            'import math\nanswers = """\nq1:\n  x: 1\n"""\ndef f(): return 1',
            {("q1", "x"): "1"},
            "import math\n\n\n\n\ndef f(): return 1",
        ),
        ("%%writefile answers.yaml\nq1:\n  x: 1", {("q1", "x"): "1"}, None),
    ],
)
def test_answers_are_told_from_the_code_around_them(source, read, code):
    found = read_notebook(json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": source}]}).encode(), "n")
    assert {key: answer.text for key, answer in found.answers.answers.items()} == read
    assert {key: answer.line for key, answer in found.answers.answers.items()}["q1", "x"] == source.split("\n").index(
        "  x: 1"
    ) + 1
    assert found.code == ({} if code is None else {1: code})


@pytest.mark.parametrize("source", ["answers = {'q1': {'x': 1}}", "answers = 'q1'", "answers = dict(x=1)"])
def test_answers_that_are_no_text_are_told(source):
    found = read_notebook(json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": source}]}).encode(), "n")
    assert any("the answers in it were not read" in why for _, why in found.answers.notices)


def test_files_that_cells_write_may_lie_in_folders_and_hold_anything():
    sources = [
        "%%writefile ops/__init__.py\n",
        "%%file ./ops/mul.py\nX = 1",
        "%%writefile data.json\n{}",
        "%%file ../out.py\nX = 2",
    ]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    found = read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode(), "n")
    assert found.written == {"ops/__init__.py": "", "ops/mul.py": "X = 1", "data.json": "{}"}


def test_lines_without_their_ends_are_lines_all_the_same():
    cells = [{"cell_type": "code", "source": ["def f():", "    return 1"]}]
    assert read_notebook(json.dumps({"nbformat": 4, "cells": cells}).encode(), "n").code == {
        1: "def f():\n    return 1"
    }
