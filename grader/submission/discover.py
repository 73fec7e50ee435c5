"""Finding submissions: what a path holds, and what of it is none.

Owns telling a submission from a folder of them and from a download, and saying what was not taken. What each is called
belongs to `grader.submission.ids`. Reads the names of files, and of lists that platforms wrote; no file of a student's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from grader.errors import UsageError, readable
from grader.seeding import SECRET_FILE
from grader.submission.archive import first_bytes
from grader.submission.downloads import follow_on, owner, read_download
from grader.submission.file_kinds import (
    ANSWERS,
    Likeness,
    archive_format,
    is_answers_text,
    is_archive_name,
    is_document_name,
    is_litter,
    is_notebook,
    likeness,
)
from grader.submission.ids import with_ids
from grader.submission.list_names import list_names
from grader.submission.members import at_the_top, readable_name
from grader.submission.model import FoundSubmissions, NotTaken, SubmissionSource
from grader.submission.notebook import NOTEBOOK

_OF_STAFF = (SECRET_FILE, "roster.csv")
"""Files of the staff's that may lie beside the submissions of a class: nobody handed them in."""

_HIDDEN = "is hidden, as its name begins with a dot: rename it if it is somebody's work"
_SEVERAL = "is read as one student's work, but holds that of several: give a class, unpacked, to a command of its own"
_FOLDERS, _ARCHIVES = 2, 3
"""So many submissions inside make a class of what could also be one student's folder: an old and a new copy of the
work are rarely three archives, or two folders beside it."""


def find_submissions(
    paths: Sequence[Path],
    modules: Sequence[str],
    known: Sequence[SubmissionSource] = (),
    notebook: str = NOTEBOOK,
) -> FoundSubmissions:
    """Every submission under some paths, in a stable order, with ids that are unique and safe.

    A download of Gradescope, Canvas or Moodle gives every attempt of every student. Beside loose submissions, an
    archive that looks like a download is taken for one only if it holds several students and no other archive lies
    beside it: else it is the work of one student, whatever it claims.

    Args:
        paths: each a submission (folder, archive, notebook), a folder of submissions, or a download.
        modules: names of the files that students write, to tell a submission from a folder of them.
        known: where submissions lay that were graded before, with their ids.
        notebook: the name that a notebook is asked to have.

    Raises:
        UsageError: a path does not exist or holds nothing, or a download cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path} does not exist")
    wanted = (ANSWERS, notebook, *(f"{module}.py" for module in modules))
    downloads, not_taken = _downloads(paths, wanted)
    found: list[SubmissionSource] = []
    for path in paths:
        if path not in downloads:
            sources, others = _loose(path, wanted, may_be_class=len(paths) == 1)
            found += sources
            not_taken += others
    handed_out: list[SubmissionSource] = []
    for download in downloads.values():
        handed_out += follow_on(download.sources, handed_out)
        not_taken += download.not_taken
    if not found and not handed_out:
        told = "".join(f"\n  {name}: {why}" for name, why in not_taken)
        raise UsageError(f"no submissions (folders, archives or notebooks) in {', '.join(map(str, paths))}{told}")
    readable = [(readable_name(name), why) for name, why in not_taken]
    return FoundSubmissions(with_ids([*found, *handed_out], known), readable)


def _downloads(paths: Sequence[Path], wanted: Sequence[str]) -> tuple[Mapping[Path, FoundSubmissions], list[NotTaken]]:
    """The paths that are downloads of a platform.

    Raises:
        UsageError: all of them are, and one cannot be read.
    """
    downloads: dict[Path, FoundSubmissions] = {}
    broken: dict[Path, UsageError] = {}
    for path in paths:
        try:
            download = None if path.is_dir() and _holds_exactly(path, wanted) else read_download(path)
        except UsageError as error:
            broken[path] = error
            continue
        if download:
            downloads[path] = download
    if len(downloads) + len(broken) == len(set(paths)):
        if broken:
            raise next(iter(broken.values()))
        return downloads, []
    loose = [path for path in paths if path not in downloads and path not in broken]
    taken = {path: found for path, found in downloads.items() if _is_class(path, found.sources, loose)}
    told = "looks like the download of a platform, but is read as one student's work: give it to a command of its own"
    return taken, [(path.name, told) for path in (*downloads, *broken) if path not in taken]


def _is_class(path: Path, download: Sequence[SubmissionSource], loose: Sequence[Path]) -> bool:
    """Whether what looks like a download is one, although other paths of the command are loose submissions."""
    beside = [other for other in loose if other.is_file() and other.resolve().parent == path.resolve().parent]
    return len({owner(one) for one in download}) >= _FOLDERS and (path.is_dir() or not beside)


def _loose(path: Path, wanted: Sequence[str], *, may_be_class: bool) -> tuple[list[SubmissionSource], list[NotTaken]]:
    """What a path that is no download holds; an archive holds a class only where it is all that was given."""
    if not path.is_dir():
        inside, others = _in_archive(path, wanted) if may_be_class else ([], [])
        if inside:
            return inside, others
        if why := _refused(path, wanted):
            return [], [(path.name, why)]
        return [_source(path)], [(path.name, _SEVERAL)] * _may_be_class(path, wanted)
    if _is_submission(path, wanted) and not _holds_class(path, wanted):
        return [_source(path)], []
    return _in_folder(path, wanted)


def _in_folder(folder: Path, wanted: Sequence[str]) -> tuple[list[SubmissionSource], list[NotTaken]]:
    """A class: everything in a folder that may be a submission.

    Raises:
        UsageError: the folder may not be read.
    """
    found, not_taken = [], []
    mixed = _is_submission(folder, wanted)
    with readable(folder):
        children = sorted(folder.iterdir())
    for child in children:
        if is_litter(child.name) or child.name in _OF_STAFF:
            continue
        why = "is a link: links are not followed" if child.is_symlink() else _refused(child, wanted)
        if child.name.startswith("."):
            why = _HIDDEN
        if mixed and child.is_file() and any(likeness(child.name, name) is Likeness.EXACT for name in wanted):
            why = "lies loose beside folders and archives of others: put it into a folder of its own"
        if why:
            not_taken.append((child.name, why))
        else:
            found.append(_source(child))
    if len(found) == 1 and (wrapped := _class_inside(found[0].path, wanted)):
        found, others = _in_folder(wrapped, wanted)
        return found, [*not_taken, *others]
    return found, [*not_taken, *((one.path.name, _SEVERAL) for one in found if _may_be_class(one.path, wanted))]


def _may_be_class(path: Path, wanted: Sequence[str]) -> bool:
    """Whether what is read as one student's work holds that of many, as a section in a class of sections does."""
    listing = list_names(path) if path.is_dir() or path.name.casefold().endswith(".zip") else None
    names = listing.below_wrapper().names if listing else ()
    if _holds_work((name for name in names if "/" not in name), wanted):
        return False
    return any(sum("/" in name and likeness(name, one) is not None for name in names) >= _ARCHIVES for one in wanted)


def _class_inside(path: Path, wanted: Sequence[str]) -> Path | None:
    """The folder of a class that is all that lies in a folder, as unpacking leaves it; None for one student's."""
    while path.is_dir() and not _is_submission(path, wanted):
        if _holds_class(path, wanted):
            return path
        inside = [child for child in _children(path) if not is_litter(child.name) and not child.is_symlink()]
        if len(inside) != 1:
            return None
        (path,) = inside
    return None


def _in_archive(path: Path, wanted: Sequence[str]) -> tuple[list[SubmissionSource], list[NotTaken]]:
    """The class that an archive holds, a folder or archive for each student; nothing if it is one submission."""
    listing = list_names(path)
    if listing is None:
        return [], []
    listing = listing.below_wrapper()
    hidden = sorted(top for top in listing.tops() if top.startswith("."))
    tops = sorted(listing.tops() - set(hidden))
    files = [top for top in tops if top in listing.names]
    folders = {top: below for top in tops if top not in listing.names and (below := listing.below(top))}
    archives = _alone(files, wanted)
    if _holds_work(files, wanted) or not _are_many(files, folders.values(), wanted):
        return [], []
    found = [SubmissionSource(top, path, members=below) for top, below in folders.items()]
    found += [SubmissionSource(_stem(name), path, members={name: listing.names[name]}) for name in archives]
    others = [(name, "is no folder, archive or notebook") for name in files if name not in archives]
    others += [(name, _HIDDEN) for name in hidden]
    return found, [*others, *((name, "is a link or no plain file: links are not followed") for name in listing.links)]


def _refused(path: Path, wanted: Sequence[str]) -> str:
    """Why a path is no submission; empty if it may be one."""
    if path.is_dir():
        return ""
    if not path.is_file():
        return "is no plain file"
    name = path.name
    if is_notebook(name) or is_answers_text(name) or is_archive_name(name) or is_document_name(name):
        return ""
    if any(likeness(name, one) is not None for one in wanted) or archive_format(name, first_bytes(path)):
        return ""
    return "is no folder, archive or notebook, and not named like a file that is asked for"


def _is_submission(folder: Path, wanted: Sequence[str]) -> bool:
    return _holds_work((child.name for child in _children(folder) if child.is_file()), wanted)


def _holds_exactly(folder: Path, wanted: Sequence[str]) -> bool:
    """Whether a file has a name that is asked for and no platform gives."""
    return any(child.name in wanted and child.is_file() for child in _children(folder))


def _holds_class(folder: Path, wanted: Sequence[str]) -> bool:
    """Whether a folder that could be one student's holds the work of several."""
    children = [child for child in _children(folder) if not child.name.startswith(".") and not is_litter(child.name)]
    folders = [[one.name for one in _children(child) if one.is_file()] for child in children if child.is_dir()]
    return _are_many([child.name for child in children if child.is_file()], folders, wanted)


def _children(folder: Path) -> list[Path]:
    """What lies in a folder; nothing if it may not be read, which is told when its submission is."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _are_many(files: Sequence[str], folders: Collection[Collection[str]], wanted: Sequence[str]) -> bool:
    """Whether files, and folders by the names of what is in each, are the work of several.

    Only folders count in which the same file that is asked for stands: one student's may lie in several. So does one
    of nearly that name, or in a folder that wraps it, if enough folders and files do.
    """
    tops = [[name for name in names if "/" not in name] for names in folders]
    same = max(sum(_holds_work(names, [one]) for names in tops) for one in wanted)
    wrapped = [at_the_top(names) for names in folders]
    near = max(sum(any(likeness(name, one) is not None for name in names) for names in wrapped) for one in wanted)
    return same >= _FOLDERS or near + len(_alone(files, wanted)) >= _ARCHIVES


def _alone(files: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Files that could each be the whole work of somebody; beside what is asked for, only archives could."""
    if _holds_work(files, wanted):
        return [name for name in files if is_archive_name(name)]
    answers = [name for name in files if likeness(name, ANSWERS) is Likeness.CONTAINS]
    several = answers if len(answers) >= _ARCHIVES else []
    return [name for name in files if is_archive_name(name) or is_notebook(name) or name in several]


def _holds_work(names: Iterable[str], wanted: Sequence[str]) -> bool:
    """Whether some files are one student's: one has a name that is asked for, or few are copies of it.

    A folder of `answers (1).yaml` to `answers (30).yaml` is a class, and so is one of notebooks with names.
    """
    copies: Counter[str] = Counter()
    for name in names:
        for one in wanted:
            near = likeness(name, one)
            if near is Likeness.EXACT or name.casefold() == one.casefold():
                return True
            if near is Likeness.COPY and not one.endswith(".ipynb"):
                copies[one] += 1
    return any(count < _ARCHIVES for count in copies.values())


def _source(path: Path) -> SubmissionSource:
    return SubmissionSource(path.resolve().name if path.is_dir() else _stem(path.name), path)


def _stem(name: str) -> str:
    """A file's name without what says its format."""
    endings = (".tar.gz", ".tar.bz2", ".tar.xz", ".ipynb.json", ".ipynb.txt", ".yaml.txt", ".py.txt")
    ending = next((ending for ending in endings if name.casefold().endswith(ending)), "")
    return name[: -len(ending)] if ending else Path(name).stem
