"""What is remembered of a folder, and that it costs nothing where it cannot be."""

import pytest

from grader.files.own_state import MAX_BYTES, remember, remembered, state_folder


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def kept(tmp_path):
    """The file in which something is remembered."""
    remember(tmp_path, {"q1a.x": "correct"})
    (file,) = state_folder().iterdir()
    return file


def test_what_is_remembered_of_a_folder_is_its_own(tmp_path):
    kept(tmp_path)
    assert remembered(tmp_path) == {"q1a.x": "correct"}
    assert remembered(tmp_path / "other") == {}


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff", b"7", b" " * MAX_BYTES + b"{}"])
def test_what_cannot_be_read_is_as_if_nothing_were_remembered(tmp_path, content):
    kept(tmp_path).write_bytes(content)
    assert remembered(tmp_path) == {}


def homeless(monkeypatch):
    """Nobody says where home is: no variable, and a user of whom the system knows nothing."""
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr("pwd.getpwuid", lambda user: {}[user])


def test_nothing_is_remembered_where_there_is_no_home(tmp_path, monkeypatch):
    homeless(monkeypatch)
    remember(tmp_path, {"q1a.x": "correct"})
    assert remembered(tmp_path) == {}


def test_nothing_is_remembered_where_the_system_refuses(tmp_path, state):
    state.write_text("no folder")
    remember(tmp_path, {"q1a.x": "correct"})
    assert remembered(tmp_path) == {}
