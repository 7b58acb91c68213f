"""One lock for all tests: making and opening one takes a second or two each, and is meant to."""

import functools

from relaxlisten.session.person_lock import Keys, new_lock

PASSPHRASE = "correct horse battery"


@functools.cache
def made_lock() -> tuple[str, Keys]:
    """The text of a lock, and its keys."""
    return new_lock(PASSPHRASE)
