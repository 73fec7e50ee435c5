"""Classes on the desk, empty or with one answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from desk_class import Class, open_class, write_homework


@pytest.fixture
def course(tmp_path: Path) -> Iterator[Class]:
    """An empty class with the small homework."""
    with open_class(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """A class with one answer, for tests that only look."""
    with open_class(tmp_path_factory.mktemp("class")) as opened:
        opened.hand_in({"one": "Because."})
        yield opened


@pytest.fixture
def rewrite(course: Class) -> Callable[[Sequence[tuple[str, float]]], None]:
    """Change the rubric of `wa.why` in the problem file, and have the desk read it."""

    def write(rubric: Sequence[tuple[str, float]]) -> None:
        write_homework(course.root, rubric)
        course.service.read_again()

    return write
