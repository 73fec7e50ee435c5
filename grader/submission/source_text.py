"""The code of a submission as text: modules as they are, notebooks as the code of their cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grader.submission.file_kinds import is_notebook
from grader.submission.notebook import read_notebook
from grader.submission.text_encoding import decode_text


def code_texts(files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The name and the code of every module and notebook, and of every file that a notebook writes.

    Args:
        files: what was handed in, by relative POSIX path.
    """
    for name, content in sorted(files.items()):
        if is_notebook(name):
            notebook = read_notebook(content, name, files)
            yield name, "\n\n".join(notebook.code.values())
            yield from notebook.written.items()
        elif name.endswith(".py"):
            text = plain_text(content)
            if text is not None:
                yield name, text


def plain_text(content: bytes) -> str | None:
    """A file as text, however it was saved; None if it is none."""
    try:
        return decode_text(content)[0]
    except ValueError:
        return None
