"""The columns of a roster, and how a cell of each is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from grader.assignment.late_policy import instant

_YES, _NO = {"yes", "y", "true", "1", "x"}, {"", "no", "n", "false", "0"}


def _days(cell: str) -> float:
    try:
        days = float(cell.replace(",", "."))
    except ValueError as error:
        raise ValueError(f"{cell!r} is no number of days — write 2 or 0.5") from error
    if not 0 <= days <= 3650:
        raise ValueError(f"{cell!r} days cannot be given — allowed: 0 to 3650")
    return days


def _id(cell: str) -> str:
    """Spreadsheets make `1234.0` of a number, and round a long one."""
    if re.fullmatch(r"\d(?:[.,]\d{1,20})?[eE]\+?\d{1,3}", cell):
        raise ValueError(f"{cell!r} is a number that a spreadsheet has rounded — export the list again")
    return re.sub(r"^'?(\d{1,30})(?:\.0+)?$", r"\1", cell)


def _whole_days(cell: str) -> int:
    cell = _id(cell)
    if not cell.isdecimal() or int(cell) > 3650:
        raise ValueError(f"{cell!r} is no whole number of days — allowed: 0 to 3650")
    return int(cell)


def _truth(cell: str) -> bool:
    word = _id(cell.casefold())
    if word not in _YES | _NO:
        raise ValueError(f"{cell!r} is neither yes nor no")
    return word in _YES


COLUMNS: Mapping[str, Callable[[str], str | float | bool | datetime]] = {
    "id": _id,
    "name": str,
    "first_name": str,
    "last_name": str,
    "email": str,
    "section": str,
    "canvas": _id,
    "login": str,
    "extra_days": _days,
    "deadline": instant,
    "slip_days": _whole_days,
    "excused": _truth,
}
PASSED_OVER = "-"
"""Stands for a column that is none of a roster's."""
ALSO_CALLED = {
    **dict.fromkeys(("student_id", "sid", "sis_id", "sis_user_id", "id_number", "idnumber"), "id"),
    **dict.fromkeys(("full_name", "fullname", "student", "student_name"), "name"),
    **dict.fromkeys(("firstname", "given_name"), "first_name"),
    **dict.fromkeys(("lastname", "surname", "family_name"), "last_name"),
    **dict.fromkeys(("email_address", "mail"), "email"),
    **dict.fromkeys(("sections",), "section"),
    **dict.fromkeys(("role", "groups", "identifier", "status"), PASSED_OVER),
}
"""What lists of platforms call these columns."""
TERMS = ("extra_days", "deadline", "slip_days", "excused")
