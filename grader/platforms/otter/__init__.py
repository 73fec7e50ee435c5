"""otter-grader as a host. `grader.platforms.otter.Plugin` is the name that courses have in their configuration."""

from typing import Any


def __getattr__(name: str) -> Any:
    """`Plugin`, imported when it is asked for: it needs otter-grader, and most of what lies here does not."""
    if name == "Plugin":
        from grader.platforms.otter.plugin import Plugin

        return Plugin
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
