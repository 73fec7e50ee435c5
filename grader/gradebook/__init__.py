"""The gradebook: what is kept of a class, and the files beside it."""

from grader.gradebook.engine import now
from grader.gradebook.gradebook import Gradebook
from grader.gradebook.location import GRADEBOOK
from grader.gradebook.records import Kept, Override

__all__ = ["GRADEBOOK", "Gradebook", "Kept", "Override", "now"]
