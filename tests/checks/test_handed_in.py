"""Files that are not there, and what is said of those that may be meant."""

import pytest

from grader.checks.handed_in import not_handed_in


@pytest.mark.parametrize(
    ("wanted", "files", "says"),
    [
        (["a.csv"], ["a.csv"], ""),
        (["a.csv"], [], "a.csv was not handed in"),
        (["a.csv"], ["b.csv"], "a.csv was not handed in"),
        (["a.csv", "b.png"], [], "a.csv, b.png were not handed in"),
        (["a.csv", "b.png"], ["b.png"], "a.csv was not handed in"),
        (["falls.png"], ["Falls.PNG"], "falls.png was not handed in (hand in Falls.PNG as falls.png)"),
        (["falls.csv"], ["data/falls.csv"], "falls.csv was not handed in (hand in data/falls.csv as falls.csv)"),
        (
            ["a.csv", "b.csv"],
            ["A.csv", "b.CSV"],
            "a.csv, b.csv were not handed in (hand in A.csv as a.csv, b.CSV as b.csv)",
        ),
        (["data/a.csv"], ["a.csv"], "data/a.csv was not handed in (hand in a.csv as data/a.csv)"),
    ],
)
def test_what_is_said_of_files_that_are_not_there(wanted, files, says):
    assert not_handed_in(wanted, dict.fromkeys(files, b"")) == says
