"""Moodle: a grading worksheet that was downloaded there, with its grades filled.

Owns finding the columns, in several languages. Moodle imports the file only with unchanged headers and commas between
cells, and ignores unknown rows without a message: so nothing else changes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from grader.errors import UsageError
from grader.exports.base import Export, GradedClass, Wishes, is_open, listed, points, register
from grader.exports.fill import Filling, finished
from grader.exports.matching import Key, Pairs, Person, pair
from grader.exports.numbers import any_number, numbers_of
from grader.files.csv_cells import guarded
from grader.files.csv_edit import CsvRow, Sheet, read_sheet
from grader.records import GradeRecord

_PARTICIPANT = re.compile(r"\D*?(\d+)")
_GRADE = (
    *("grade", "bewertung", "note", "calificación", "valutazione", "nota", "notă", "beoordeling", "cijfer", "ocena"),
    *("betyg", "karakter", "arvosana", "známka", "osztályzat", "not", "оценка", "оцінка", "βαθμός", "qualificació"),
    *("ocjena", "成绩", "成績", "評点", "성적", "ציון", "الدرجة"),
)
_MAXIMUM = (
    *("maximum grade", "bestwertung", "maximale bewertung", "maximalbewertung", "note maximale", "note maximum"),
    *("calificación máxima", "valutazione massima", "nota máxima", "maximumcijfer"),
)
_LOCKED = (
    *("grade can be changed", "bewertung kann geändert werden", "la note peut être modifiée"),
    *("la calificación puede ser cambiada", "la calificación puede cambiarse"),
)
_NO = frozenset(
    (
        *("no", "nein", "non", "nee", "nej", "nei", "ei", "ne", "nie", "não", "nao", "nem", "nu", "hayır", "όχι"),
        *("нет", "ні", "не", "否", "不", "いいえ", "아니오", "아니요", "לא", "لا", "خیر", "không", "tidak"),
    )
)
_YES = frozenset(
    (
        *("yes", "ja", "oui", "sí", "si", "sì", "sim", "tak", "ano", "áno", "da", "да", "так", "kyllä", "jah", "igen"),
        *("evet", "ναι", "כן", "نعم", "بله", "是", "はい", "예", "네", "có", "ya", "jā", "taip", "bai"),
    )
)
_NAME = (
    *("full name", "vollständiger name", "nom complet", "nombre completo", "nome completo"),
    *("first name", "vorname", "prénom", "nombre", "last name", "surname", "nachname", "nom", "nom de famille"),
    *("apellido(s)", "apellidos", "apellido"),
)
_NAME_PLACE = 1
"""The column of names, whatever it is called: Moodle puts it behind the identifier."""
_ADDRESS = re.compile(r"[^\s@<>]{1,100}@[^\s@<>]{1,100}")
_NUMBER = ("id number", "id-nummer", "numéro d’identification", "numéro d'identification", "número de id")
_FEEDBACK = (
    *("feedback comments", "feedback als kommentar", "feedback par commentaires", "feedback par commentaire"),
    *("commentaires de feedback", "comentarios de retroalimentación", "comentarios de la retroalimentación"),
)


@register(
    "moodle",
    says="fills your Moodle grading worksheet",
    takes=("column", "feedback", "provisional"),
    needs=("template",),
)
def _export(graded: GradedClass, wishes: Wishes) -> Export:
    assert wishes.template is not None
    sheet = read_sheet(wishes.template)
    rows = sheet.rows[1:]
    _require_participants(sheet)
    column = _grade_column(sheet, wishes.column)
    maximum = _maximum_column(sheet, column)
    locked = _called(sheet, _LOCKED) or _yes_or_no(sheet, column)
    numbers = numbers_of(sheet, [column] if maximum is None else [column, maximum], [])
    filling = Filling(
        sheet,
        column,
        numbers,
        wishes.provisional,
        lambda row: (numbers.read(row[maximum]) or None) if maximum is not None else None,
        lambda row: "Moodle has locked this grade" if any(row[i].casefold() in _NO for i in locked) else None,
    )
    pairs = pair([_person(sheet, row) for row in rows], graded.records)
    filling.fill(pairs)
    also = _feedback(filling, pairs) if wishes.feedback else []
    if not locked:
        also.append("no column says whether Moodle has locked a grade: it passes over those that it has")
    unread = [row for row in rows if maximum is None or numbers.read(row[maximum]) is None]
    if unread:
        also.append(f"{len(unread)} rows give no maximum grade that can be read: scores were written as they are")
    if sheet.delimiter != ",":
        also.append(f"cells are separated by {sheet.delimiter!r}; Moodle imports commas alone: download it again")
    return finished(filling, pairs, "moodle.csv", also)


def _called(sheet: Sheet, names: Sequence[str]) -> list[int]:
    header = [cell.strip().casefold() for cell in sheet.header.cells]
    return [i for i, name in enumerate(header) if name in names]


def _require_participants(sheet: Sheet) -> None:
    wrong = next((row for row in sheet.rows[1:] if not _PARTICIPANT.fullmatch(row[0])), None)
    if _PARTICIPANT.fullmatch(sheet.header[0]):
        raise UsageError(f"{sheet.place(sheet.header)}: the first line must hold the names of the columns")
    if wrong is not None or len(sheet.rows) < 2:
        raise UsageError(
            f"{sheet.place(wrong or sheet.header)}: this is not a grading worksheet of Moodle: its first column must "
            "hold identifiers such as 'Participant 1234' — download it there with Submissions › Actions"
        )


def _grade_column(sheet: Sheet, wanted: str | None) -> int:
    """The column `wanted`; else the one called grade in a language of `_GRADE`; else the one before the maximum."""
    header = [cell.strip() for cell in sheet.header.cells]
    if wanted is not None:
        if header.count(wanted.strip()) != 1:
            raise UsageError(f"{sheet.path} has no one column {wanted!r}; it has: {', '.join(map(repr, header))}")
        return header.index(wanted.strip())
    found = _called(sheet, _GRADE)
    if len(found) == 1:
        return found[0]
    constant = [i for i in range(2, len(header)) if _constant(sheet, i) and not _constant(sheet, i - 1)]
    if len(constant) == 1:
        return constant[0] - 1
    raise UsageError(
        f"{sheet.path}: which column holds the grade? Say --column with one of: {', '.join(map(repr, header))}"
    )


def _maximum_column(sheet: Sheet, grade: int) -> int | None:
    found = _called(sheet, _MAXIMUM)
    return found[0] if found else grade + 1 if _constant(sheet, grade + 1) else None


def _yes_or_no(sheet: Sheet, grade: int) -> list[int]:
    """The column behind the grade that says yes or no in every row, as that of locked grades does in any language."""
    said = {i: {row[i].casefold() for row in sheet.rows[1:]} for i in range(grade + 1, len(sheet.header.cells))}
    return [i for i, words in said.items() if words <= _YES | _NO][:1]


def _constant(sheet: Sheet, column: int) -> bool:
    """Whether a column has the same positive number in every row, as that of maximum grades does."""
    values = {any_number(row[column]) for row in sheet.rows[1:]}
    value = values.pop() if len(values) == 1 else None
    return value is not None and value > 0


def _person(sheet: Sheet, row: CsvRow) -> Person:
    match = _PARTICIPANT.fullmatch(row[0])
    assert match is not None
    known: dict[Key, tuple[str, ...]] = {"moodle": (match[1],)}
    name = " ".join(row[i] for i in _called(sheet, _NAME) or [_NAME_PLACE] if row[i])
    known["id"] = tuple(row[i] for i in _called(sheet, _NUMBER) if row[i])
    known["email"] = tuple(cell.strip() for cell in row.cells if _ADDRESS.fullmatch(cell.strip()))
    known["name"] = (name,) if name else ()
    return Person(row, name or row[0], known)


def _feedback(filling: Filling, pairs: Pairs) -> list[str]:
    """Fill the empty feedback cells; returns a message about those that a person has filled."""
    columns = _called(filling.sheet, _FEEDBACK)
    if len(columns) != 1:
        raise UsageError(
            f"{filling.sheet.path} has no column for feedback comments: switch them on in the assignment's settings "
            "and download the worksheet again, or leave out --feedback"
        )
    kept = []
    for person, record in pairs.found:
        if filling.keep(person.row) or (is_open(record) and not filling.provisional):
            continue
        if person.row[columns[0]]:
            kept.append(person.label)
        else:
            filling.changes[person.row, columns[0]] = guarded(_comment(record))
    return listed("with feedback already, left as it was", kept)


def _comment(record: GradeRecord) -> str:
    """Points by part, as HTML for Moodle's comments; without messages of checks, which may be hidden."""
    lines = [f"{points(record.score)} of {points(record.max_score)} points"]
    lines += [record.late_says] if record.late_says else []
    lines += [f"{part.id}: {points(part.score)} of {points(part.max_score)}" for part in record.parts]
    return "<br>".join(html.escape(line) for line in lines)
