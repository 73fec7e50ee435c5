"""otter-grader as a host: `Plugin` is the name that courses have in their configuration."""

from grader.platforms.otter.plugin import Plugin

__all__ = ["Plugin"]
