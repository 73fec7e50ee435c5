from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment.model import Assignment
from grader.errors import UsageError
from grader.records import GradeRecord
from reports.pdf import BROWSERS, find_browser, to_pdf
from reports.student import render_student

BROWSER = find_browser()


def test_without_a_browser_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="install Chromium or Chrome"):
        to_pdf(tmp_path / "page.html", tmp_path / "page.pdf")


def test_a_browser_that_writes_nothing_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / BROWSERS[0]
    fake.write_text("#!/bin/sh\necho no display >&2\nexit 7\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    (tmp_path / "page.html").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="no display"):
        to_pdf(tmp_path / "page.html", tmp_path / "page.pdf")


def test_every_fold_of_a_pdf_is_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / BROWSERS[0]
    fake.write_text(
        '#!/bin/sh\nfor last; do :; done\ncp "${last#file://}" "$(dirname "$0")/printed"\n', encoding="utf-8"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    (tmp_path / "page.html").write_text("<details><p>a</details><details open><p>b</details>", encoding="utf-8")
    with pytest.raises(UsageError, match="printed nothing"):
        to_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
    printed = (tmp_path / "printed").read_text(encoding="utf-8")
    assert printed == "<details open><p>a</details><details open><p>b</details>"


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine")
def test_a_page_becomes_a_pdf(
    mixed: GradeRecord, assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reports.pdf.SECONDS", 900)
    page = tmp_path / "page.html"
    page.write_text(render_student(mixed, assignment), encoding="utf-8")
    to_pdf(page, tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")
