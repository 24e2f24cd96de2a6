"""Errors that a user can cause. The command line prints them and exits with 2; anything else is our bug."""

from typing import NamedTuple


class CxsimError(Exception):
    """Base of all errors raised on purpose."""


class Problem(NamedTuple):
    """One thing wrong with a file or an option: where, which key, what is wrong, and what to do about it."""

    where: str
    key: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class ScenarioError(CxsimError):
    """A scenario that cannot be run, with every problem found, one a line."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class StoreError(CxsimError):
    """A results folder that cannot be written or read as asked."""
