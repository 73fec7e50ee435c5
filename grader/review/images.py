"""Images that were handed in, for whoever marks them.

Owns its route, and that nothing but the picture goes out: whoever marks without names shall read none in an image.
Which files stand beside an answer belongs to `grader.results.context`.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grader.files.raster import raster_of
from grader.files.raster_metadata import picture_alone
from grader.gradebook.pending import Entry
from grader.results.context import HandedIn, files_looked_at
from grader.review.service import ReviewService
from grader.web.routes import get

_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Of an image that is opened by itself."""


class ImageRoutes:
    """The endpoint of images.

    Args:
        service: the marking of the class.
        one: the path of an entry's page.
        entry: finds the entry of a request.
    """

    def __init__(self, service: ReviewService, one: str, entry: Callable[[Request], Entry]) -> None:
        self._service, self._entry = service, entry
        self.routes: list[Route] = [get(f"{one}/image/{{number:int}}", self.image)]

    def image(self, request: Request) -> Response:
        """One image of those that the entry is about."""
        entry = self._entry(request)
        names = files_looked_at(self._service.questions[entry.check_id].part, entry.check_id)
        record = self._service.gradebook.record(entry.submission, entry.attempt)
        number = request.path_params["number"]
        if record is None or number >= len(names):
            raise HTTPException(404, "There is no such image.")
        content = HandedIn(record, self._service.gradebook.gradings.source).files.get(names[number], b"")
        found = raster_of(content)
        if found is None:
            raise HTTPException(404, "There is no such image.")
        headers = {"content-security-policy": _POLICY}
        return Response(picture_alone(content), media_type=found.media_type, headers=headers)
