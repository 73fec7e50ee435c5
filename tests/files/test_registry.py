"""One file for each thing: found by scanning a folder, imported when asked for, registered once."""

import sys

import pytest

from grader.files.registry import Registry, module_names


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose modules register themselves with `things`."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    register = "from grader.files.registry import Registry\nthings = Registry('shelf', 'thing')\n"
    (folder / "__init__.py").write_text(register)
    for name in ("late", "early"):
        (folder / f"{name}.py").write_text(f"import shelf\nshelf.things.add('{name}', len('{name}'))\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "shelf"
    for name in [name for name in sys.modules if name.partition(".")[0] == "shelf"]:
        del sys.modules[name]


def test_modules_are_named_without_being_imported(package):
    assert module_names(package) == ["early", "late"]
    assert "shelf.late" not in sys.modules


def test_everything_is_found_by_name_in_order_whatever_was_imported_first(package):
    import shelf

    __import__("shelf.late")
    assert list(shelf.things.all().items()) == [("early", 5), ("late", 4)]
    assert list(shelf.things.all()) == ["early", "late"]


def test_a_name_is_taken_once():
    things: Registry[int] = Registry("json", "thing")
    things.add("one", 1)
    with pytest.raises(RuntimeError, match="thing 'one' is registered twice"):
        things.add("one", 2)
