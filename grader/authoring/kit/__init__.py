"""What students are given: the template, its notebook, the public assignment and a wheel that checks.

Owns what may leave the course. All of it is generated from the problems, and nothing in it says what is right.
"""

from grader.authoring.kit.files import drift, kit_files, template_files

__all__ = ["drift", "kit_files", "template_files"]
