"""The JSON Schema of a problem file, for editors.

Owns its text, made from the models that the loader uses; `python -m grader.assignment.schema` prints it.
"""

from __future__ import annotations

import json

from grader.assignment.model import problem_spec


def schema_text() -> str:
    """The schema as JSON, as it is checked in."""
    schema = problem_spec().model_json_schema(by_alias=True, mode="validation")
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
