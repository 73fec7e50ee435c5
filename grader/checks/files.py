"""Files that are handed in beside answers and code, such as an image that a person looks at: `files`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from grader.checks.base import Complaint, Context, Variant, not_judged
from grader.checks.handed_in import HandedInCheck, HandedInSpec, left_out, not_handed_in
from grader.checks.registry import register
from grader.checks.spec import InKit, Told
from grader.files.raster import raster_of
from grader.records import Outcome, Verdict
from grader.sandbox.base import Observation
from grader.submission.model import Submission

_BEGINS = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "pdf": (b"%PDF",),
    "gif": (b"GIF87a", b"GIF89a"),
    "svg": (b"<svg", b"<?xml"),
}
"""How the content of a format begins, by the ending of the name; formats that are not here are not looked into."""


class FilesSpec(HandedInSpec):
    """Files by name. With `looks`, which says to staff what to look for, a person gives the points.

    Without it, a file that is there and is what its name says earns its share.
    """

    kind: Literal["files"]
    files: Told[tuple[Annotated[str, Field(pattern=r"^(\w[\w-]*/)*\w[\w.-]*\.\w+$")], ...]] = Field(min_length=1)
    looks: Annotated[str, InKit(lambda looks: "a person looks at them" if looks else None)] = ""


@register("files", place="checks", spec=FilesSpec)
class FilesCheck(HandedInCheck[FilesSpec]):
    """The files of one submission."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """See `HandedInCheck.wanted`."""
        return self.spec.files

    @property
    def title(self) -> str:
        """What is asked, and the names."""
        return f"{self.spec.asks.rstrip()} ({', '.join(f'`{name}`' for name in self.spec.files)})"

    def judge(self, context: Context, observations: Sequence[Observation]) -> Outcome:
        """What is there, and whether it is what its name says."""
        files = context.submission.files
        here = [name for name in self.spec.files if name in files]
        lacking = not_handed_in(self.wanted, context.submission)
        if not here and left_out(context.submission).keys() & set(self.wanted):
            return not_judged(Verdict.UNREADABLE, lacking)
        if not here or (lacking and context.submission.unreadable):  # what is missing may stand there: a person looks
            return not_judged(Verdict.MISSING, f"not started: {lacking}")
        told = {name: _what(name, files[name]) for name in here}
        broken = [f"{name} is no {name.rpartition('.')[2].upper()} file" for name, what in told.items() if not what]
        facts = tuple((name, what) for name, what in told.items() if what)
        wrong = "; ".join([*broken, *([lacking] if lacking else [])])
        if not facts:
            return not_judged(Verdict.UNREADABLE, wrong)
        if self.spec.looks:
            message = f"a person looks at {', '.join(name for name, _ in facts)}" + (f"; {wrong}" if wrong else "")
            answer = "; ".join(f"{name}: {what}" for name, what in facts)
            return Outcome(
                verdict=Verdict.NEEDS_REVIEW, message=message, answer=answer, details=facts, staff=self.spec.looks
            )
        credit = len(facts) / len(self.spec.files)
        verdict = Verdict.CORRECT if credit == 1 else Verdict.PARTIAL
        return Outcome(verdict=verdict, credit=credit, message=wrong or "handed in", details=facts)

    def before_deadline(self, context: Context) -> Outcome:
        """What is there: no key is involved."""
        return self.judge(context, ()).model_copy(update={"staff": ""})

    def planted_mistakes(self) -> Sequence[Variant]:
        """Each file missing, and a text that is named like it."""
        only_one = len(self.spec.files) == 1
        planted = [Variant("nothing", partial(self._with, {}), says="not handed in", place=("files",))]
        for i, name in enumerate(self.spec.files):
            if only_one and name.rpartition(".")[2].lower() in _BEGINS:
                fake = partial(self._with, {name: b"no such file"})
                planted.append(Variant(f"a text as {name}", fake, says="is no", place=("files", i)))
        return planted

    def _with(self, content: Mapping[str, bytes], submission: Submission) -> Submission:
        others = {name: one for name, one in submission.files.items() if name not in self.spec.files}
        return replace(submission, files={**others, **content})

    def spoilt(self, submission: Submission) -> Submission:
        """Without the files."""
        return self._with({}, submission)

    def problems(self) -> Sequence[Complaint]:
        """Files that the reference does not hold."""
        code = self.part.author_code
        files = enumerate(self.spec.files if code.has_reference else ())
        lacking = ((i, name) for i, name in files if code.reference_file(name) is None)
        return [(("files", i), f"there is no reference/{name}") for i, name in lacking]


def _what(name: str, content: bytes) -> str:
    """What a file is, in a few words; empty if it is not what its name says."""
    ending = name.rpartition(".")[2].lower()
    begins = _BEGINS.get(ending)
    if not content.strip() or (begins is not None and not content.lstrip().startswith(begins)):
        return ""
    size = f"{max(1, len(content) >> 10)} KiB"
    image = raster_of(content)
    return f"{image.width} × {image.height} pixels, {size}" if image else size
