"""A process that is killed at its n-th step on the disk: from then on, nothing that it does happens any more."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


class Killed(BaseException):
    """The process is gone."""


def _counted(real: Callable[..., object], steps: Iterator[int], last: int) -> Callable[..., object]:
    def step(*arguments: object, **options: object) -> object:
        if next(steps) >= last:
            raise Killed
        return real(*arguments, **options)

    return step


def killed_at_each_step(work: Callable[[], None], before: Callable[[], None]) -> Iterator[int]:
    """Do `before` and then `work`, killed at step 0, 1, 2 ... until it comes to its end; gives the step each time."""
    for last in range(200):
        before()
        with pytest.MonkeyPatch.context() as patch:
            steps = iter(range(10_000))
            for owner, name in ((Path, "replace"), (Path, "unlink"), (Path, "rmdir"), (os, "fsync"), (shutil, "rmtree")):
                patch.setattr(owner, name, _counted(getattr(owner, name), steps, last))
            with contextlib.suppress(Killed):
                work()
                return
        yield last
