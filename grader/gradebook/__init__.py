"""The gradebook of a class: a database of records, decisions and observations, and the files beside it."""

from grader.gradebook.engine import now
from grader.gradebook.gradebook import Gradebook
from grader.gradebook.location import GRADEBOOK
from grader.gradebook.records import Kept, Override

__all__ = ["GRADEBOOK", "Gradebook", "Kept", "Override", "now"]
