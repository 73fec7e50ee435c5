"""Commands for whoever writes or runs a homework: options only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grader.cli.frame import assignment_option, assignment_root, json_option, load, with_exit_codes
from grader.cli.group import main
from grader.errors import UsageError


@main.command()
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Write JUnit XML here.")
@json_option
@assignment_option
@with_exit_codes
def validate(junit: Path | None, as_json: bool, root: Path | None) -> int:
    """Check the checks: the reference is right, planted wrong answers are caught."""
    from grader.commands import validate as command

    return command.run(load(root), junit, as_json)


@main.command()
@json_option
@assignment_option
@with_exit_codes
def doctor(as_json: bool, root: Path | None) -> int:
    """Say what this machine can guarantee, found out by trying."""
    from grader.commands import doctor as command

    return command.run(assignment_root(root), as_json)


@main.command()
@click.argument("reference", required=False)
@click.argument("answer", required=False)
@click.option("--jsonl", is_flag=True, help="Answer JSON lines on stdin, one for one.")
@click.option("--kind", default="expr", help="expr, matrix, equation, number, quantity or set [default: expr].")
@click.option("--symbol", "symbols", multiple=True, help="Declare one: `m: positive integer` (may be repeated).")
@click.option("--rel", type=float, help="Relative tolerance [default: exact].")
@with_exit_codes
def equivalent(reference: str | None, answer: str | None, jsonl: bool, **options: Any) -> int:
    """Say whether an answer equals a reference."""
    from grader.commands import equivalent as command

    if jsonl:
        return command.run_jsonl()
    if reference is None or answer is None:
        raise UsageError("give REFERENCE and ANSWER, or --jsonl")
    return command.run(reference, answer, **options)


@main.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where to write it.")
@click.option("--template", "what", flag_value="template", help="The files to fill in alone, as they are checked in.")
@click.option("--gradescope", "what", flag_value="gradescope", help="For staff: the autograder zip for Gradescope.")
@click.option(
    "--otter", "what", flag_value="otter", help="For staff: source notebook, tests and plugin for otter-grader."
)
@click.option("--secret-file", type=click.Path(path_type=Path, dir_okay=False), help="Share a class secret.")
@click.option(
    "--isolation",
    type=click.Choice(["full", "user"]),
    default="user",
    show_default=True,
    help="On the platform: `user` also accepts another user where its container forbids namespaces.",
)
@click.option(
    "--hidden",
    type=click.Choice(["after_published", "after_due_date", "visible"]),
    default="after_published",
    show_default=True,
    help="When Gradescope tells hidden checks, and with them the total.",
)
@click.option("--seconds", type=click.IntRange(60, 2400), default=540, show_default=True, help="For one submission.")
@assignment_option
@with_exit_codes
def kit(out: Path, what: str | None, root: Path | None, **platform: Any) -> int:
    """Write what students get: the template, its notebook, and a wheel that checks without any answer in it."""
    from grader.commands import kit, kit_platforms

    match what:
        case "gradescope":
            return kit_platforms.run_gradescope(load(root), out, **platform)
        case "otter":
            return kit_platforms.run_otter(load(root), out, **platform)
        case "template":
            return kit.run_template(load(root), out)
    return kit.run(load(root), out)
