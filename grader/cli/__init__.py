"""The command line: parses, prints, exits.

Owns options, progress and exit codes, and nothing else: nothing below prints. One file per kind of user; what a
command does stands in `grader.commands`, which is imported only when the command runs.
"""

from grader.cli import author, staff, student
from grader.cli.frame import BAD_INPUT, INTERRUPTED, NOT_RIGHT, OUR_FAULT, assignment_root, print_json, say
from grader.cli.group import main

__all__ = [
    "BAD_INPUT",
    "INTERRUPTED",
    "NOT_RIGHT",
    "OUR_FAULT",
    "assignment_root",
    "author",
    "main",
    "print_json",
    "say",
    "staff",
    "student",
]
