"""The name under which otter's test files, once given out, ask for `grader.platforms.otter.check`."""

from grader.platforms.otter.check import check

__all__ = ["check"]
