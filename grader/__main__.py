"""`python -m grader` is `hw11`."""

from grader.cli import main

main(prog_name="hw11")
