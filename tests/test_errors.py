"""Faults that are told to a person."""

from __future__ import annotations

from relaxlisten.errors import RelaxListenError, UsageError, together


def test_several_faults_are_told_together_each_sentence_once_and_end_as_the_first_of_them() -> None:
    usage, disk = UsageError("There is no music."), RelaxListenError("The record is in /tmp.")
    whole = together([usage, disk, RelaxListenError("The record is in /tmp.")])
    assert (str(whole), whole.exit_code if whole else None) == ("There is no music. The record is in /tmp.", 2)


def test_one_fault_is_itself_and_none_is_none() -> None:
    fault = UsageError("There is no music.")
    assert together([fault]) is fault
    assert together([]) is None
