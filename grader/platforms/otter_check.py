"""Former name of `grader.platforms.otter.check`, which test files that courses have given out import."""

from grader.platforms.otter.check import check

__all__ = ["check"]
