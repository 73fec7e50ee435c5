"""The JSON Schema of a problem file, for editors.

Owns its text, made from the models that the loader uses; `python -m grader.assignment.schema` prints it. It describes
what authors write, not what is made of it: the loader reads every scalar as it was typed, an editor reads it as YAML.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.assignment.spec import problem_spec

_TYPED: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": ["string", "number", "boolean"]},
    "number": {"type": ["number", "string"], "pattern": r"^[-+]?[0-9.]+([eE][-+]?[0-9]+)?$"},
    "integer": {"type": ["integer", "string"], "pattern": r"^[-+]?[0-9]+$"},
    "boolean": {"type": ["boolean", "string"], "pattern": "^(true|false|yes|no|on|off)$"},
}
"""By the type that a key holds, what may stand in the file: `answer: 4` is a text, `1e-3` a number, to the loader."""


def schema_text() -> str:
    """The schema as JSON, as it is checked in."""
    schema = problem_spec().model_json_schema(by_alias=True, mode="validation")
    return json.dumps(_as_typed(schema), indent=1, ensure_ascii=False) + "\n"


def _as_typed(schema: Any) -> Any:
    """A schema of texts and numbers as a schema of the scalars that YAML makes of them."""
    if isinstance(schema, list):
        return [_as_typed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: value if key in ("default", "enum", "const") else _as_typed(value) for key, value in schema.items()}
    kind = schema.get("type")
    if not isinstance(kind, str) or kind not in _TYPED or {"enum", "const"} & schema.keys():
        return inner
    return {**_TYPED[kind], **{key: value for key, value in inner.items() if key != "type"}}


if __name__ == "__main__":
    print(schema_text(), end="")
