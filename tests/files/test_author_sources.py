"""Which files stand behind a name: too many at worst, never too few."""

import pytest

from grader.files.author_sources import Sources

FILES = {
    "problems/probes/spy.py": "import watch\n",
    "problems/probes/watch.py": "x = 1\n",
    "problems/probes/other.py": "x = 2\n",
    "reference/__init__.py": "",
    "reference/tables/__init__.py": "",
    "reference/tables/deep.py": "from reference import base\n",
    "reference/base.py": "DATA = 'numbers.csv'\n",
    "reference/numbers.csv": "1,2\n",
    "reference/broken.py": "def (\n",
    "reference/loop.py": "import again\n",
    "reference/again.py": "from . import loop\n",
    "problems/one.yaml": "id: spy\n",
    "problems/__pycache__/spy.cpython-311.pyc": "",
}


@pytest.fixture
def root(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], []),
        (["nothing"], []),
        (["spy"], ["problems/probes/spy.py", "problems/probes/watch.py"]),
        (["other"], ["problems/probes/other.py"]),
        (["numbers"], ["reference/__init__.py", "reference/numbers.csv"]),
        (["broken"], ["reference/__init__.py", "reference/broken.py"]),
        (["loop"], ["reference/__init__.py", "reference/again.py", "reference/loop.py"]),
        (
            ["deep"],
            [
                "reference/__init__.py",
                "reference/base.py",
                "reference/numbers.csv",
                "reference/tables/__init__.py",
                "reference/tables/deep.py",
            ],
        ),
    ],
)
def test_names_are_followed_through_imports_data_and_packages(root, words, named):
    assert Sources(root, ("problems", "reference")).named(words) == named


@pytest.mark.parametrize(
    ("changed", "touches"),
    [("problems/probes/watch.py", True), ("problems/probes/other.py", False), ("problems/one.yaml", False)],
)
def test_a_digest_changes_with_what_is_named_and_with_nothing_else(root, changed, touches):
    before = Sources(root, ("problems", "reference")).digest(["spy"])
    (root / changed).write_text("x = 3\n")
    assert (Sources(root, ("problems", "reference")).digest(["spy"]) != before) == touches


def test_a_folder_that_is_missing_counts_as_empty(tmp_path):
    assert Sources(tmp_path, ("nowhere",)).named(["spy"]) == []
