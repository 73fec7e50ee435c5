"""`hw11 review`: what it needs, what it says, and that it listens to this machine alone."""

from __future__ import annotations

import builtins
import socket
import stat

import pytest
from click.testing import CliRunner
from desk_class import write_homework

from grader.cli import main
from grader.gradebook import Gradebook


@pytest.fixture
def graded(tmp_path):
    Gradebook(tmp_path / "graded").close()
    return tmp_path / "graded"


@pytest.fixture
def review(tmp_path):
    root = str(write_homework(tmp_path / "homework"))

    def run(*arguments):
        return CliRunner().invoke(main, ["review", *map(str, arguments), "--assignment", root])

    return run


@pytest.fixture
def served(monkeypatch):
    """What the server would have been asked to serve."""
    found = {}

    def run(self, sockets):
        found["address"] = sockets[0].getsockname()
        found["app"] = self.config.app

    monkeypatch.setattr("uvicorn.Server.run", run)
    return found


def test_a_folder_without_a_gradebook_is_refused(review, tmp_path):
    answer = review(tmp_path)
    assert answer.exit_code == 2
    assert "not made by `hw11 grade`" in answer.output


def test_a_roster_that_cannot_be_used_is_told_before_anything_is_served(review, graded, tmp_path):
    (tmp_path / "roster.csv").write_text("nobody\n")
    answer = review(graded, "--port", 0, "--roster", tmp_path / "roster.csv")
    assert answer.exit_code == 2
    assert "unknown column 'nobody'" in answer.output


def test_a_port_that_is_taken_is_named(review, graded):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = review(graded, "--port", taken.getsockname()[1])
    assert answer.exit_code == 2
    assert "is not free" in answer.output
    assert "--port" in answer.output


def test_a_missing_extra_says_what_to_install(review, graded, monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest):
        if name == "uvicorn":
            raise ModuleNotFoundError("no such module", name=name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    answer = review(graded, "--port", 0)
    assert answer.exit_code == 2
    assert "needs uvicorn: pip install 'hw11[review]'" in answer.output


@pytest.mark.parametrize("name", ["", "  ", "x" * 101])
def test_a_marker_has_a_name(review, graded, name):
    answer = review(graded, "--port", 0, "--marker", name)
    assert answer.exit_code == 2
    assert "1 to 100 characters" in answer.output


def test_every_marker_gets_a_link_and_only_this_machine_is_listened_to(review, graded, served):
    answer = review(graded, "--port", 0, "--marker", "Ada  L", "--marker", "bob", "--marker", "bob")
    assert answer.exit_code == 0, answer.output
    host, port = served["address"]
    assert host == "127.0.0.1"
    assert answer.output.count(f"http://127.0.0.1:{port}/enter?token=") == 2
    assert "Ada L: " in answer.output
    assert stat.S_IMODE((graded / "session.secret").stat().st_mode) == 0o600
