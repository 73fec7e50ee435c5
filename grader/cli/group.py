"""The click group of all commands, and how it finds them.

Owns `hw11 --help`, `--version`, and importing the module of a command. What a command does belongs to its module.
"""

from __future__ import annotations

import ast
import gc
import importlib
import io
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

import click

from grader import __version__
from grader.files.registry import module_names
from grader.files.temporary import hold_temporary_folder

_SHARED = ("group", "output", "own_check", "progress_display")
"""Modules of this folder that are not commands."""
_COLLECTIONS = (100_000, 20, 20)
"""New objects after which Python looks for unused cycles. What a command loads stays in use: looking after every 700,
as Python does, takes a seventh of the time in which problem files are read."""


class _Commands(click.Group):
    """Finds a command in the module of its name. Only that module is imported, because most import torch or SymPy."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command. What standard output cannot take, as that of a pipe on Windows, is printed as `?`."""
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")
        if not args and "args" not in kwargs:  # a program of its own, and no caller's
            hold_temporary_folder()
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(_modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name; None if there is none."""
        module = _modules().get(cmd_name)
        if module is None:
            return None
        gc.set_threshold(*_COLLECTIONS)
        command: click.Command = importlib.import_module(f"grader.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their summaries, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _summary(module)) for name, module in sorted(_modules().items())])


@cache
def _modules() -> Mapping[str, str]:
    """Modules by command; a command named like a Python keyword has an underscore at the end of its module's name."""
    return {name.removesuffix("_"): name for name in module_names("grader.cli") if name not in _SHARED}


def _summary(module: str) -> str:
    """The summary of a command: the first line of its module's docstring, after the first colon."""
    from importlib.abc import InspectLoader

    spec = find_spec(f"grader.cli.{module}")
    if spec is None or not isinstance(spec.loader, InspectLoader):
        return ""
    source = spec.loader.get_source(spec.name) or ""
    first = (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]
    return first.partition(": ")[2].rstrip(".")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="hw11")
def main() -> None:
    """Grade a homework: typed answers and Python code, held against a reference.

    Exit codes: 0 done · 1 something is not right yet · 2 usage or problem files · 3 a fault of ours ·
    130 interrupted.
    """
