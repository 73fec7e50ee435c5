"""The marking desk before a large class: CPU time of every page, the first start included.

Prints Markdown. Run: `python benchmarks/bench_desk.py [--submissions 5000] [--keep FOLDER]`. Nothing is graded: the
class is written into a gradebook (`measuring.made_records`), so a thousand submissions take half a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median

import httpx
from measuring import markdown
from measuring.made_records import make_records

from grader.assignment.load import load_assignment
from grader.gradebook import Gradebook
from grader.results.attempts import effective_class
from grader.results.course import Course
from grader.results.roster import find_roster
from grader.review.app import Application
from grader.review.service import ReviewService
from grader.web.access import LocalAccess

ROOT = Path(__file__).parent.parent
PORT = 8711
BASE = f"http://127.0.0.1:{PORT}"


def seconds(action: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    before = time.process_time()
    action()
    return time.process_time() - before


class Visitor:
    """A browser without one, with a session."""

    def __init__(self, app: LocalAccess) -> None:
        self._transport, self._cookies = httpx.ASGITransport(app), httpx.Cookies()
        self.get(f"/{app.invite('ada').lstrip('/')}")

    def get(self, page: str, data: dict[str, str] | None = None) -> httpx.Response:
        """A page, or what a form that is sent there answers."""

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url=BASE, cookies=self._cookies) as client:
                method = "GET" if data is None else "POST"
                answer = await client.request(method, page, data=data, headers={"origin": BASE}, follow_redirects=True)
                self._cookies = client.cookies
                return answer

        answer = asyncio.run(send())
        if answer.status_code != 200:
            raise SystemExit(f"{page}: {answer.status_code} {answer.text[:200]}")
        return answer


def measure(out: Path, submissions: int) -> list[tuple[str, float]]:
    """What takes how many CPU seconds: the start of the desk, once more, and every page, the median of three."""
    assignment = load_assignment(ROOT)
    with Gradebook(out) as gradebook:
        service = ReviewService(gradebook, assignment, roster=lambda: find_roster(out, None))
        rows = [("desk ready, first time", seconds(service.read_again)), ("read again", seconds(service.read_again))]
        app = Application(service, ThreadPoolExecutor(1)).app
        visitor = Visitor(LocalAccess(app, secret=b"s" * 32, port=PORT, command="hw11 review"))
        check = next(name for name, one in service.questions.items() if one.text is not None)
        entry = gradebook.queue.states(check)
        someone = f"s{submissions // 2:04d}"
        pages: list[tuple[str, str, dict[str, str] | None]] = [
            ("home", "/", None),
            ("next answer", f"/q/{check}/next", None),
            ("one answer", f"/q/{check}/{next(iter(entry))}", None),
            ("rubric", f"/q/{check}/rubric", None),
            ("before release", "/release", None),
            ("find by name", "/find", {"who": f"Student {submissions // 2}"}),
            ("card", f"/student/{someone}", None),
            ("agreement", "/quality", None),
            ("history", "/history", None),
        ]
        for what, page, data in pages:
            rows.append((what, median(seconds(partial(visitor.get, page, data)) for _ in range(3))))
        rows.append(
            ("the whole class, read and decided", seconds(lambda: effective_class(Course(gradebook, assignment))))
        )
    return rows


def main() -> None:
    """Make the class, or take one that was kept, and print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--submissions", type=int, default=1_000)
    options.add_argument("--keep", type=Path, help="a folder for the class, which is used again if it is there")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = given.keep or Path(folder) / "class"
        if not (out / "gradebook.sqlite").exists():
            make_records(load_assignment(ROOT), out, given.submissions)
        rows = measure(out, given.submissions)
    print("\n## The marking desk before a large class\n")
    markdown.head(f"{given.submissions} submissions", "CPU s")
    for what, cpu in rows:
        markdown.row(what, f"{cpu:.2f}")


if __name__ == "__main__":
    main()
