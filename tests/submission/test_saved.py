"""What is saved beside the work is seen if it is work, under whatever name it is read."""

import pytest

from grader.submission.saved import saved_state


@pytest.mark.parametrize(
    ("name", "is_seen"),
    [
        *((name, True) for name in ("answers.yaml", "answers.yml", "answers.yaml.txt", "hw/Answers.YAML")),
        *((name, True) for name in ("heads.py", "heads.py.txt", "hw11.ipynb", "hw11.ipynb.json")),
        *((name, True) for name in ("runs.csv", "Falls.PNG", "answers.docx")),
        *((name, False) for name in ("feedback.html", "check.log", "__pycache__/heads.py", "env/lib/x.py")),
    ],
)
def test_a_file_that_is_saved_is_seen_if_it_is_work(tmp_path, name, is_seen):
    for made in ("answers.yaml", "env/pyvenv.cfg"):
        (tmp_path / made).parent.mkdir(exist_ok=True)
        (tmp_path / made).write_text("q1: {x: 1}")
    before = saved_state(tmp_path)
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("q1: {x: 1, y: 2}")
    assert (saved_state(tmp_path) != before) == is_seen


def test_a_single_file_is_seen_whatever_it_is_called(tmp_path):
    (tmp_path / "work.zip").write_bytes(b"1")
    before = saved_state(tmp_path / "work.zip")
    (tmp_path / "work.zip").write_bytes(b"12")
    assert saved_state(tmp_path / "work.zip") != before
