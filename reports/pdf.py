"""Printing a page as PDF with an installed Chromium.

Owns finding the browser and calling it, with a temporary profile and without network. The page is our own file and
holds no script.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from grader.errors import UsageError

BROWSERS = (
    "chromium-headless-shell",  # the same without a user interface, so that it starts in a third of the time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
_FOLD = re.compile(r"<details(?: open)?")
SECONDS = 60  # printing takes a few; a browser that hangs must not stop the command


def to_pdf(html_path: Path, pdf_path: Path) -> None:
    """Print one page as PDF, with every fold open.

    Raises:
        UsageError: there is no browser, or it wrote nothing.
    """
    browser = find_browser()
    if browser is None:
        raise UsageError(f"PDF needs a browser — install Chromium or Chrome (looked for {', '.join(BROWSERS)})")
    pdf_path.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        unfolded = Path(profile) / html_path.name
        unfolded.write_text(_FOLD.sub("<details open", html_path.read_text(encoding="utf-8")), encoding="utf-8")
        command = [browser, *_options(profile), f"--print-to-pdf={pdf_path.resolve()}", unfolded.as_uri()]
        try:
            ended = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603  # our own list
        except subprocess.TimeoutExpired as error:
            raise UsageError(f"{browser} did not print {html_path} within {SECONDS} s") from error
    if not pdf_path.is_file():
        said = ended.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"{browser} printed nothing: {said[-1] if said else f'exit status {ended.returncode}'}")


def find_browser() -> str | None:
    """The path of the first of `BROWSERS` that is installed; None if none is."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _options(profile: str) -> list[str]:
    options = [
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-pdf-header-footer",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={profile}",
    ]
    return [*options, "--no-sandbox"] if _is_root() else options


def _is_root() -> bool:
    """Whether this runs as root, where Chromium cannot use its sandbox; the page it opens is ours, without script."""
    return hasattr(os, "geteuid") and os.geteuid() == 0
