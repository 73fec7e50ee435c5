"""Images that were handed in, for whoever marks them.

Owns that nothing but the picture goes out: whoever marks without names shall read none in an image. Which files stand
beside an answer belongs to `grader.results.context`.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from grader.files.raster import raster_of
from grader.files.raster_metadata import picture_alone
from grader.gradebook.pending import Entry
from grader.results.context import HandedInFiles, files_looked_at
from grader.review.service import ReviewService

_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Of an image that is opened by itself."""


def image_response(service: ReviewService, entry: Entry, number: int) -> Response:
    """One of the images that an entry is about.

    Raises:
        HTTPException: 404 if there is none of that number.
    """
    names = files_looked_at(service.questions[entry.check_id].part, entry.check_id)
    record = service.gradebook.record(entry.submission, entry.attempt)
    content = b""
    if record is not None and number < len(names):
        content = HandedInFiles(record, service.gradebook.gradings.source).files.get(names[number], b"")
    found = raster_of(content)
    if found is None:
        raise HTTPException(404, "There is no such image.")
    headers = {"content-security-policy": _POLICY}
    return Response(picture_alone(content), media_type=found.media_type, headers=headers)
