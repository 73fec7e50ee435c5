"""What a request holds, checked: JSON of a known shape and size, whole numbers.

Owns reading and refusing. What is done with it belongs to the application.
"""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

Model = TypeVar("Model", bound=BaseModel)


async def read_json(request: Request, model: type[Model], most_bytes: int) -> Model:
    """The JSON that a request carries, as a model.

    Raises:
        HTTPException: 413 if it is larger than `most_bytes`, 422 if it has another shape.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise HTTPException(413, f"More than {most_bytes >> 10} KiB cannot be sent here.")
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise HTTPException(422, f"{error.error_count()} value(s) of this request cannot be used.") from error


def whole_number(request: Request, name: str) -> int | None:
    """A whole number in the query, from 0; None if it is missing or not such a number."""
    said = request.query_params.get(name, "")
    return int(said) if said.isdecimal() and said.isascii() and len(said) <= 9 else None
