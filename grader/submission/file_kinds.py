"""What a file is, by its name and its first bytes.

Owns the names that students' systems give the files that are asked for (`answers copy.yaml`, `Heads (1).py`,
`hw11.ipynb.json`), the formats of archives and documents, and what no person wrote (caches, environments). Opens
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum

ANSWERS = "answers.yaml"
HEAD_BYTES = 4096
"""As much of a file as its format can be told by."""

_LITTER = {
    *("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".Trashes", ".Spotlight-V100", ".fseventsd"),
    *(".git", ".hg", ".svn", ".idea", ".vscode", "__pycache__", ".ipynb_checkpoints", "node_modules"),
    *(".cache", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".venv", "venv", "virtualenv"),
    *("site-packages", "dist-packages", "conda-meta"),
}
ENVIRONMENT = "pyvenv.cfg"
"""The file that marks an installed environment."""
_INSTALLED = re.compile(r"(.+?)/(?:pyvenv\.cfg|(?:[Ll]ib/)?(?:python3[.\d]*/)?(?:site|dist)-packages/.*|conda-meta/.*)")

_COPY = r"(?:copy|kopie|copie|copia|cópia|kopia|kopi|копия|副本|コピー|복사본|final|v\d{1,2})"
_COPY_BEHIND = re.compile(
    rf"(?:[ _-]*\(\d{{1,3}}\)|[ _-]*\d{{1,3}}|[ _-]*\({_COPY}\)|[ _の–-]*{_COPY})$", re.IGNORECASE
)
_COPY_BEFORE = re.compile(r"(?:copy of|kopie von|copie de|copia de|cópia de|kopia|копия) +", re.IGNORECASE)
_MOST_COPIES = 5
"""`hw11-Copy1 (2) - Copy` has three."""

_ENDINGS = {
    ".yaml": re.compile(r"(?<!^)\.ya?ml(?:\.txt)?\Z", re.IGNORECASE),
    ".py": re.compile(r"(?<!^)\.py(?:\.txt)?\Z", re.IGNORECASE),
    ".ipynb": re.compile(r"(?<!^)\.ipynb(?:\.(?:txt|json))?\Z", re.IGNORECASE),
}


class Likeness(IntEnum):
    """How near the name of a file is to one that is asked for, the nearest first."""

    EXACT = 0
    COPY = 1
    CONTAINS = 2


def likeness(path: str, wanted: str) -> Likeness | None:
    """How near a file's own name is to a wanted one, whatever folders it lies in; None for another file.

    Args:
        path: relative POSIX path.
        wanted: a name with one of the endings `.yaml`, `.py`, `.ipynb`.
    """
    name = _own_name(path)
    if name == wanted:
        return Likeness.EXACT
    asked, dot, ending = wanted.casefold().rpartition(".")
    stem = (_without(dot + ending, name) or "").casefold()
    if asked not in stem:
        return None
    if _is_copy(stem, asked):
        return Likeness.COPY
    words = [word for word in re.split(r"[\W_]+", stem) if word]
    if ending == "py":  # `heads_plots.py` is another file, `ada_heads.py` is the one that is asked for
        words = [] if {"test", "tests"} & set(words) else words[-1:]
    return Likeness.CONTAINS if asked in words else None


def may_stand_for(path: str, wanted: str, notebook: str) -> bool:
    """Whether a file that nobody asks for may hold the work of one that is missing.

    It has the name of that one, or of the notebook, with another ending; answers may be a document or a picture, too.
    A package holds a program: nobody works in it, whatever its name begins with.
    """
    name = _own_name(path)
    if name.casefold().endswith(_PACKAGES) or (is_text_name(name) and not name.casefold().endswith(".py")):
        return False
    stem = name.lstrip(".").partition(".")[0].casefold()
    is_document = is_document_name(name)
    if is_document and wanted == ANSWERS:
        return True
    owners = (wanted,) if is_document else (wanted, notebook)
    return any(_is_copy(stem, one.casefold().partition(".")[0]) for one in owners)


def is_notebook(path: str) -> bool:
    """Whether a file is named like a notebook, whatever a browser put behind the name."""
    return _without(".ipynb", _own_name(path)) is not None


def is_answers_text(path: str) -> bool:
    """Whether a file is named like any YAML file."""
    return _without(".yaml", _own_name(path)) is not None


def is_text_name(path: str) -> bool:
    """Whether a file is named like a text that is read: answers, a module, a notebook."""
    return any(_without(ending, _own_name(path)) is not None for ending in _ENDINGS)


def _own_name(path: str) -> str:
    return path.rpartition("/")[2]


def _without(ending: str, name: str) -> str | None:
    """A name without this ending or a variant of it; None if it has another."""
    found = _ENDINGS[ending].search(name)
    return name[: found.start()] if found else None


def _is_copy(stem: str, asked: str) -> bool:
    """Whether a name is another one, or was made from it by copying, a few times at most; all in lower case."""
    name = _COPY_BEFORE.sub("", stem[:200], count=1) if _COPY_BEFORE.match(stem) else stem[:200]
    for _ in range(_MOST_COPIES):
        if name == asked:  # which may end in a number that no copying put there
            return True
        name = _COPY_BEHIND.sub("", name).rstrip(" _–-")
    return name == asked


def is_litter(name: str) -> bool:
    """Whether a path is of the kind that operating systems and tools leave behind."""
    return any(part in _LITTER or part.startswith("._") for part in name.split("/"))


def environments(names: Iterable[str]) -> set[str]:
    """The folders among some paths that hold an installed environment, such as `env` of `env/pyvenv.cfg`."""
    return {match[1] for name in names if (match := _INSTALLED.fullmatch(name))}


# --- formats ---------------------------------------------------------------------------------------------------------

READABLE = ("zip", "tar")
"""Formats of archives that are opened; compressed tars are told apart by what opens them."""

_MAGIC = (
    *((start, "zip") for start in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")),
    *((start, "tar") for start in (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")),
    *((b"Rar!\x1a\x07", "RAR archive"), (b"7z\xbc\xaf\x27\x1c", "7z archive"), (b"(\xb5/\xfd", "Zstandard archive")),
    *((b"MSCF", "cabinet file"), (b"%PDF", "PDF document"), (b"\xd0\xcf\x11\xe0", "Office document")),
    *((b"{\\rtf", "RTF document"), (b"<!DOCTYPE", "web page"), (b"<!doctype", "web page"), (b"<html", "web page")),
)
_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication/")
_ARCHIVES = (
    *(".zip", ".tar", ".tgz", ".gz", ".tbz2", ".tbz", ".bz2", ".txz", ".xz"),
    *(".rar", ".7z", ".zst", ".zipx", ".cab"),
)
_DOCUMENTS = (
    *(".pdf", ".docx", ".doc", ".odt", ".rtf", ".pages"),
    *(".pptx", ".ppt", ".key", ".odp", ".tex", ".jpg", ".jpeg", ".png"),
    *(".heic", ".heif", ".webp", ".tif", ".tiff"),
)
_PACKAGES = (".whl", ".egg", ".jar")
_ZIP_INSIDE = (*_DOCUMENTS, *_PACKAGES, ".xlsx", ".ods", ".numbers", ".epub", ".pt", ".pth", ".ckpt", ".npz")
"""Files that are zips to their own programs, and no folder of files to anybody."""


def is_archive_name(name: str) -> bool:
    """Whether a file is named like an archive, of whatever format."""
    return name.casefold().endswith(_ARCHIVES)


def is_document_name(name: str) -> bool:
    """Whether a file is named like a text or a picture that a person can read."""
    return name.casefold().endswith(_DOCUMENTS)


def archive_format(name: str, head: bytes) -> str | None:
    """The format of what is an archive or is named like one; one of `READABLE` if it can be opened.

    Args:
        name: the file's name.
        head: its first `HEAD_BYTES`.
    """
    named, form = is_archive_name(name), _format(head)
    if form == "zip" and any(mark in head for mark in _OFFICE):
        form = "Office document"
    if form in READABLE:
        return None if name.casefold().endswith(_ZIP_INSIDE) else form
    if form is not None and (named or form.endswith(("archive", "file")) or is_text_name(name)):
        return form
    if not named:
        return None
    return "tar" if name.casefold().endswith(".tar") and head else "file that is no archive" if head else "empty file"


def packed_alone(path: str) -> str | None:
    """The name of the one text that a compressed file holds, such as `answers.yaml.gz`; None for other names."""
    name = re.sub(r"\.(?:gz|bz2|xz)\Z", "", _own_name(path), flags=re.IGNORECASE)
    return name if is_text_name(name) else None


def _format(head: bytes) -> str | None:
    if head[257:262] == b"ustar":
        return "tar"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")  # as pages and documents of text may begin
    return next((form for start, form in _MAGIC if head.startswith(start) or text.startswith(start)), None)
