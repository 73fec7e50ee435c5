"""Images that a person looks at: shown beside the points, and nothing in them runs."""

from __future__ import annotations

import pytest
from desk_class import open_class, record_of
from images import GIF, HTML, JPEG, SVG, png

from grader.submission.model import SubmissionSource

PICTURES = """\
id: pics
title: Pictures
parts:
  - id: wp
    title: A chart
    prompt: Draw it.
    points: 2
    checks:
      - {kind: files, name: chart, points: 2, asks: A chart., files: [chart.png, photo.jpg], looks: six bars}
"""
CHECK = "wp.files.chart"


@pytest.fixture
def desk(tmp_path):
    """`desk(files)` is a browser on the desk, and the address of the entry of somebody who handed these in."""
    problems = tmp_path / "homework" / "problems"
    problems.mkdir(parents=True)
    (problems / "pics.yaml").write_text(PICTURES)
    handed_in = tmp_path / "lovelace"
    handed_in.mkdir()
    with open_class(tmp_path) as course:

        def show(files):
            for name, content in files.items():
                (handed_in / name).write_bytes(content)
            record = record_of("lovelace", {CHECK: {"answer": "chart.png: 1 KiB", "kind": "files"}})
            (part,) = record.parts
            course.add(record.model_copy(update={"parts": (part.model_copy(update={"id": "wp"}),)}))
            course.gradebook.gradings.add(SubmissionSource("lovelace", handed_in), 1.0, {})
            return course.browser(), f"/q/{CHECK}/{course.entry('lovelace', CHECK).key}"

        yield show


def test_both_images_are_shown_with_their_size_and_come_as_what_they_are(desk):
    browser, here = desk({"chart.png": png(30, 20), "photo.jpg": JPEG})
    page = browser.get(here).text
    assert f'<img src="{here}/image/0" alt="chart.png, as it was handed in" width="30" height="20">' in page
    assert "3 × 2 pixels" in page
    for number, (media_type, content) in enumerate([("image/png", png(30, 20)), ("image/jpeg", JPEG)]):
        image = browser.get(f"{here}/image/{number}")
        assert image.headers["content-type"] == media_type
        assert image.headers["x-content-type-options"] == "nosniff"
        assert image.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
        assert image.content == content
    assert browser.get(f"{here}/image/2").status_code == 404


@pytest.mark.parametrize("content", [SVG, HTML, b"", png(3, 2)[:20], b"%PDF-1.7"])
def test_what_is_no_image_is_not_served(desk, content):
    browser, here = desk({"chart.png": content})
    page = browser.get(here).text
    assert "<img" not in page
    assert "<script>alert" not in page
    assert browser.get(f"{here}/image/0").status_code == 404


def test_an_image_under_another_name_is_shown_as_what_it_is(desk):
    browser, here = desk({"chart.png": GIF})
    assert browser.get(f"{here}/image/0").headers["content-type"] == "image/gif"


def test_without_a_session_no_image_comes_out(desk):
    browser, here = desk({"chart.png": png(3, 2)})
    browser.cookies.clear()
    answer = browser.get(f"{here}/image/0")
    assert answer.status_code in (401, 403)
    assert not answer.content.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["image/-1", "image/x", "image/0/..", "image/..%2f..%2fanswers.yaml"])
def test_only_files_that_the_check_is_about_are_reached(desk, path):
    browser, here = desk({"chart.png": png(3, 2), "answers.yaml": b"q: 1"})
    assert not browser.get(f"{here}/{path}").content.startswith((b"\x89PNG", b"q: 1"))
