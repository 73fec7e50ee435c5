"""otter-grader. `grader.platforms.otter.Plugin` is the name that courses have in their configuration."""

from typing import Any


def __getattr__(name: str) -> Any:
    """`Plugin`, imported on first use, because it needs otter-grader and the other modules here do not."""
    if name == "Plugin":
        from grader.platforms.otter.plugin import Plugin

        return Plugin
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
