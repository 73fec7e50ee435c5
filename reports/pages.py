"""What every page shares: the template environment, the stylesheet, and what a page may load.

Owns escaping (always on) and the content security policy: a page loads nothing, and runs nothing but the one
script of ours that a staff page may carry, named by its hash. Knows no record.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reports import words
from reports.prose import to_html, to_inline_html
from reports.untrusted import one_line, visible


def render(template: str, *, script: str = "", **values: Any) -> str:
    """One page.

    Args:
        template: a file of `templates/`.
        script: a file of `templates/` that the page may run; staff pages only.
        values: what the template shows; strings are escaped, `Markup` is ours.
    """
    code = _asset(script) if script else ""
    return _environment().get_template(template).render(
        style=Markup(_asset("style.css")),  # noqa: S704  # our own file
        script=Markup(code),  # noqa: S704  # our own file
        policy=_policy(code),
        **values,
    )


def _policy(code: str) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    if not code:
        return policy
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return f"{policy}; script-src 'sha256-{digest}'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "prose": to_html,
        "prose_line": to_inline_html,
        "visible": visible,
        "one_line": one_line,
        "points": words.points,
        "worth": words.worth,
        "counted": words.counted,
    }
    return environment


@cache
def _asset(name: str) -> str:
    return (files("reports") / "templates" / name).read_text(encoding="utf-8").strip()
