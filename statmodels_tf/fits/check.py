"""What is doubtful about a fit, in words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Findings:
    """Sentences that each name a problem and its remedy; true when there is one.

    >>> Findings(())
    Nothing to report.
    """

    sentences: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.sentences)

    def __iter__(self):
        return iter(self.sentences)

    def __str__(self) -> str:
        return "\n".join(self.sentences) or "Nothing to report."

    __repr__ = __str__
