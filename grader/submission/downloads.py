"""Downloads of learning platforms: who handed in what, when, and how often.

Owns the names and lists that Gradescope, Canvas and Moodle give the submissions they hand out, as a folder or as the
archive itself. Reads those names and lists, no file of a student's. What a folder that is no download means belongs to
`find`; which of several attempts counts belongs to nobody here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.grouping import by_key
from grader.submission.list_names import NameList, list_names, member_at
from grader.submission.members import UNREADABLE
from grader.submission.model import FoundSubmissions, NotTaken, SubmissionSource

MAX_METADATA_BYTES = 128 << 20
METADATA = "submission_metadata.yml"
LATE = ("submission", "handed in late, says the learning platform")

_WRAPPERS = 3
"""Folders around a download that are looked through: a zip unpacked into a folder of its name has two."""


def read_download(path: Path) -> FoundSubmissions | None:
    """Every attempt of every student in the download of a platform, and what in it is nobody's; None if it is none.

    Each `id` is made of name and number as the platform gave them: not yet safe or unique.

    Raises:
        UsageError: it is a download, but its list of submissions cannot be read.
    """
    listing = list_names(path)
    for _ in range(_WRAPPERS):
        if listing is None or not listing.names:
            return None
        for read in (_gradescope, _canvas, _moodle):
            found = read(listing)
            if found:
                return FoundSubmissions(found, _nobodys(listing, found))
        listing = listing.unwrapped()
    return None


def _nobodys(listing: NameList, found: Sequence[SubmissionSource]) -> list[NotTaken]:
    """What stands in a download without being anybody's, by what it is called at the top."""
    taken = {stored for one in found for stored in (one.members or {}).values()}
    left = {name.partition("/")[0] for name, stored in listing.names.items() if stored not in taken}
    why = f"is not named as {found[0].platform} names what it hands out"
    others = [(name, why) for name in sorted(left - {METADATA})]
    return [*others, *((name, "is a link or no plain file: links are not followed") for name in listing.links)]


def describe(found: Sequence[SubmissionSource]) -> list[str]:
    """One sentence for each platform whose downloads are among the submissions."""
    sentences = []
    for platform in dict.fromkeys(one.platform for one in found if one.platform):
        attempts = Counter(owner(one) for one in found if one.platform == platform)
        late = {owner(one) for one in found if one.platform == platform and LATE in one.notices}
        several = sum(count > 1 for count in attempts.values())
        facts = [_plural(len(attempts), "student"), *([f"{len(late)} late"] if late else [])]
        facts += [f"{several} with several attempts"] if several else []
        sentences.append(f"{platform} download: {', '.join(facts)}")
    return sentences


def whose(student: Mapping[str, str]) -> str | None:
    """What tells one student of a platform from the others; None for whoever was found without a platform.

    Gradescope numbers submissions, not students.
    """
    keys = ("canvas", "moodle", *(("email", "id", "name") if "gradescope" in student else ()))
    return next((f"{key} {student[key]}" for key in keys if key in student), None)


def is_loose(student: Mapping[str, str]) -> bool:
    """Whether no platform says who handed in, so that all that is known of the student is what the files claim."""
    return not {"canvas", "moodle", "gradescope"} & student.keys()


def follow_on(found: Sequence[SubmissionSource], earlier: Sequence[SubmissionSource]) -> list[SubmissionSource]:
    """Attempts of a later download, counted on from those of earlier ones by the same student."""
    last: dict[str, int] = defaultdict(int)
    for one in earlier:
        last[owner(one)] = max(last[owner(one)], one.attempt)
    return [replace(one, attempt=one.attempt + last[owner(one)]) for one in found]


def owner(one: SubmissionSource) -> str:
    """Whose an attempt is, as far as one download tells."""
    return whose(one.student) or one.id


def _plural(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


_CANVAS = re.compile(
    r"(?!(?:[^_\d][^_]*_)+20\d\d_(?:0?[1-9]|1[0-2])_\d\d?(?!\d))"  # a date: other programs name what they pack so
    r"(?:(?=(?:LATE_)?anon_)|(?P<who>[^/]+?)_(?=(?:LATE_)?\d))(?P<late>LATE_)?(?P<number>anon_[^\W_]+|\d+)"
    r"_(?:(?P<file>\d+)_(?P<rest>[^/]+)|(?P<entry>text|link)\.html)"
)
"""What stands before the file's own name is Canvas's; the file's own name is the student's, who may play tricks: so the
first numbers count."""

_AGAIN = re.compile(r"(?P<stem>.+)-\d{1,2}(?P<ending>(?:\.\w+)*)")
"""What Canvas makes of a name that the student handed in before."""


def _people(listing: NameList, pattern: re.Pattern[str]) -> dict[str, list[tuple[str, re.Match[str]]]]:
    """Each person's files, by number, as stored and as named; none at all unless most names are the platform's.

    A student may call a folder so, and the class is no download for that.
    """
    matches = ((stored, pattern.fullmatch(shown)) for shown, stored in listing.names.items())
    people = by_key((match["number"], (stored, match)) for stored, match in matches if match)
    tops = {match.string.partition("/")[0] for theirs in people.values() for _, match in theirs}
    named_twice = any(len({match["who"] for _, match in theirs}) > 1 for theirs in people.values())
    return {} if named_twice or 2 * len(tops) < len(listing.tops()) else people  # a number is one person's


def _canvas(listing: NameList) -> list[SubmissionSource]:
    """`name_[LATE_]user_file_its-own-name` at the top."""
    people = _people(listing, _CANVAS).items()
    return [one for user, theirs in people for one in _canvas_attempts(listing, user, theirs)]


def _canvas_attempts(
    listing: NameList, user: str, theirs: Sequence[tuple[str, re.Match[str]]]
) -> Iterator[SubmissionSource]:
    name = theirs[0][1]["who"]
    notices = [LATE] if any(match["late"] for _, match in theirs) else []
    typed = {f"{match['entry']}.html": stored for stored, match in theirs if match["entry"]}
    notices += [(name, "typed into Canvas; not read") for name in typed]
    versions: dict[str, list[str]] = defaultdict(list)
    files = sorted(((stored, match) for stored, match in theirs if match["rest"]), key=lambda one: int(one[1]["file"]))
    first_names = {match["rest"] for _, match in files}
    for stored, match in files:
        again = _AGAIN.fullmatch(match["rest"])
        before = again["stem"] + again["ending"] if again else ""
        versions[before if before in first_names else match["rest"]].append(stored)
    student = {"canvas": user, "id": user, **({"name": name} if name else {})}
    for attempt in range(1, max(map(len, versions.values()), default=1) + 1):
        yield SubmissionSource(
            id=f"{name}-{user}" if name else user,
            path=listing.path,
            student=student,
            attempt=attempt,
            platform="Canvas",
            members=typed | {wanted: places[:attempt][-1] for wanted, places in versions.items()},
            notices=tuple(notices),
        )


_MOODLE = re.compile(r"(?P<who>[^/]*?)_(?P<number>\d+)_assignsubmission_(?P<plugin>[a-z]+?)(?:_?/|_)(?P<rest>.+)")


def _moodle(listing: NameList) -> list[SubmissionSource]:
    """`Full name_number_assignsubmission_file_/its-own-name`, a folder each or all in one."""
    people = _people(listing, _MOODLE)
    names = {number: theirs[0][1]["who"].strip() for number, theirs in people.items()}
    blind = len(names) > 1 and len(set(names.values())) == 1
    return [
        SubmissionSource(
            id=f"{names[number]}-{number}",
            path=listing.path,
            student={"moodle": number, "id": number, **({} if blind else {"name": names[number]})},
            platform="Moodle",
            members={match["rest"]: stored for stored, match in theirs},
            notices=tuple(
                (match["rest"], f"handed in through Moodle's {match['plugin']}; not read")
                for _, match in theirs
                if match["plugin"] != "file"
            ),
        )
        for number, theirs in people.items()
    ]


def _gradescope(listing: NameList) -> list[SubmissionSource]:
    """A list of submissions, and a folder for each."""
    if METADATA not in listing.names:
        return []
    listed = _metadata(listing).items()
    found = [one for name, info in listed for one in _gradescope_attempts(listing, name, info)]
    known = {one.student["gradescope"] for one in found}
    for name in sorted(listing.tops()):
        if name.removeprefix("submission_") not in known and listing.below(name):
            told = (METADATA, "does not list this submission: nobody is known to have handed it in")
            found.append(replace(_by({}, listing, name), notices=(told,)))
    return found


def _metadata(listing: NameList) -> dict[str, Mapping[str, Any]]:
    """The list, with Ruby's colons taken off its keys; every scalar a text, so that `007` stays what it was."""
    import yaml

    try:
        content = member_at(listing.path, listing.names[METADATA]).read(MAX_METADATA_BYTES)
        data = yaml.load(content, getattr(yaml, "CBaseLoader", yaml.BaseLoader))  # noqa: S506  # builds texts only
    except (yaml.YAMLError, *UNREADABLE) as error:
        raise UsageError(f"{METADATA} in {listing.path} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict) or not all(isinstance(info, dict) for info in data.values()):
        raise UsageError(f"{METADATA} in {listing.path} lists no submissions: export them from Gradescope again")
    return {str(name): _without_colons(info) for name, info in data.items()}


def _without_colons(info: Mapping[str, Any]) -> dict[str, Any]:
    return {str(key).lstrip(":"): value for key, value in info.items()}


def _listed(info: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The entries that stand under a key, such as the people who handed in together."""
    entries = info.get(key)
    return [_without_colons(one) for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []


def _gradescope_attempts(listing: NameList, name: str, info: Mapping[str, Any]) -> Iterator[SubmissionSource]:
    past = {f"submission_{one['id']}": one for one in _listed(info, "history") if one.get("id")}
    handed_in = {folder: _iso(one.get("created_at")) for folder, one in {**past, name: info}.items()}
    in_time = sorted(handed_in, key=lambda folder: (folder == name, handed_in[folder] or ""))
    people = _listed(info, "submitters")
    told = [("submission", f"handed in together with {_plural(len(people) - 1, 'other')}")] if len(people) > 1 else []
    for attempt, folder in enumerate(in_time, start=1):
        if listing.below(folder):
            notices = told
        elif folder == name:
            notices = [(folder, "listed by Gradescope, but the export holds no file of it"), *told]
        else:
            continue  # told in the list, but not part of the export
        at = handed_in[folder]
        for person in people or [{}]:
            yield replace(_by(person, listing, folder), submitted_at=at, attempt=attempt, notices=tuple(notices))


def _by(person: Mapping[str, Any], listing: NameList, folder: str) -> SubmissionSource:
    """A folder of a Gradescope export as somebody's."""
    number = folder.removeprefix("submission_")
    fields = {"name": person.get("name"), "id": person.get("sid"), "email": person.get("email")}
    student = {key: value for key, value in fields.items() if isinstance(value, str) and value}
    return SubmissionSource(
        id=f"{student['name']}-{number}" if "name" in student else folder,
        path=listing.path,
        student={**student, "gradescope": number},
        platform="Gradescope",
        members=listing.below(folder),
    )


def _iso(text: object) -> str | None:
    """A time as Ruby writes it, `2026-02-01 23:58:01.123456789 -08:00`, in ISO 8601; without an offset it is UTC.

    None for anything else: a day alone would become its midnight.
    """
    plain = re.sub(r"\.\d+| (?=[-+]\d|Z|UTC)|UTC$", "", str(text).strip())
    if ":" not in plain:
        return None
    try:
        time = datetime.fromisoformat(plain)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return None
