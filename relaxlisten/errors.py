"""Faults that a person can do something about. Their text is one sentence that says what happened and what to do."""

from __future__ import annotations


class RelaxListenError(Exception):
    """A run that failed for a reason outside the program (exit code 1)."""

    exit_code = 1


class UsageError(RelaxListenError):
    """Something asked for does not exist or cannot be understood (exit code 2)."""

    exit_code = 2


class MalformedPayload(RelaxListenError):
    """A packet that breaks its specification; names the field and the length."""


class UnplayableFile(RelaxListenError):
    """A file that holds no sound that can be played. reason: what is so, to be read after its name."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} {reason}; it is left out.")
        self.reason = reason
