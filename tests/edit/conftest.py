"""A student's folder for the small assignment, and the page on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from local_browser import ORIGIN, Browser, local_access

from grader.assignment.load import load_assignment
from grader.authoring.kit import template_files
from grader.edit.app import Application
from grader.edit.service import EditService
from grader.edit.work import Work


@pytest.fixture
def assignment(tiny):
    return load_assignment(tiny)


@pytest.fixture
def folder(assignment, tmp_path) -> Path:
    """An untouched kit."""
    work = tmp_path / "ada"
    work.mkdir()
    for name, text in template_files(assignment).items():
        (work / name).write_text(text, encoding="utf-8")
    return work


@pytest.fixture
def service(assignment, folder, judge, fake_executor) -> EditService:
    """The actions, with the judge of all tests, and functions that run in this process."""
    return EditService(Work(folder, assignment), judge, judge, fake_executor({"tiny.double": lambda X: 2 * X}))


@pytest.fixture
def page(service) -> Browser:
    """A browser with a session."""
    access = local_access(Application(service).app)
    client = Browser(access, origin=ORIGIN)
    client.get(access.invite("student"))
    return client
