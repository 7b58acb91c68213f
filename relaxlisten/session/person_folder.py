"""The files of one person, read and written by name whether the folder is locked or not.

Decision: a locked folder holds `NAME.age` where an open one holds `NAME`. A plain file beside its sealed one is the newer: it
is what a session that runs, or one that was killed, has left; `seal_plain` puts it under the lock without a passphrase.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from relaxlisten.errors import RelaxListenError
from relaxlisten.safe_files import PART
from relaxlisten.session.person_lock import (
    LOCK_NAME,
    SUFFIX,
    Keys,
    new_lock,
    open_lock,
    parse_lock,
    seal,
    seal_file,
    unseal,
    unseal_file,
)
from relaxlisten.session.private import Claim, append, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_T = TypeVar("_T")
CLAIM_NAME = "in-use"
_OURS = (LOCK_NAME, CLAIM_NAME)


class PersonFolder:
    """One person's files. keys: None where the folder is not locked; without the secret one nothing sealed can be read."""

    def __init__(self, folder: Path, keys: Keys | None) -> None:
        self.path = folder
        self.keys = keys

    @property
    def is_locked(self) -> bool:
        """Whether files are sealed here."""
        return self.keys is not None

    def names(self) -> list[str]:
        """All files that are the person's, by their names without the seal's ending, sorted."""
        files = (file.relative_to(self.path).as_posix() for file in self.path.rglob("*") if file.is_file())
        plain = {name.removesuffix(SUFFIX) if self.is_locked else name for name in files if name not in _OURS}
        return sorted(name for name in plain if not name.endswith(PART))

    def read(self, name: str) -> bytes | None:
        """A file's content, None where there is none. Raises Locked without the passphrase, RelaxListenError for damage."""
        return _kept(lambda: self._read(name), f"{name} cannot be read")

    def _read(self, name: str) -> bytes | None:
        plain, sealed = self.path / name, self.path / (name + SUFFIX)
        if plain.is_file():
            return plain.read_bytes()
        if self.keys is not None and sealed.is_file():
            return unseal(sealed.read_bytes(), self.keys, name)
        return None

    def size(self, name: str) -> int:
        """Bytes of a file as it lies on the disk. Raises RelaxListenError."""
        plain = self.path / name
        file = plain if plain.is_file() else self.path / (name + SUFFIX)
        return _kept(lambda: file.stat().st_size, f"{name} cannot be read")

    def write(self, name: str, content: bytes) -> None:
        """Replace a file, or leave it as it was. Raises RelaxListenError."""
        _kept(lambda: self._write(name, content), f"{name} could not be written; it is as it was before")

    def _write(self, name: str, content: bytes) -> None:
        if self.keys is None:
            write_whole(self.path / name, content)
            return
        write_whole(self.path / (name + SUFFIX), seal(content, self.keys))
        (self.path / name).unlink(missing_ok=True)

    def append(self, name: str, content: bytes) -> None:
        """Add to the end of a file. Raises RelaxListenError; Locked where the sealed file cannot be read."""
        if self.keys is None:
            _kept(lambda: append(self.path / name, content), f"{name} could not be written")
        else:
            self.write(name, (self.read(name) or b"") + content)

    def seal_plain(self) -> int:
        """Seal what lies there plain, and clear away what was never finished; gives how many files. Needs no passphrase."""
        if self.keys is None:
            return 0
        return _kept(self._seal_plain, "The folder could not be locked to the end: try again, what is plain is still there")

    def _seal_plain(self) -> int:
        assert self.keys is not None
        files = [file for file in sorted(self.path.rglob("*")) if file.is_file() and file.name not in _OURS]
        for file in files:
            if file.name.endswith(PART):
                file.unlink()
        plain = [file for file in files if not file.name.endswith((PART, SUFFIX))]
        for file in plain:
            seal_file(file, self.keys)
        return len(plain)

    def lock(self, passphrase: str) -> None:
        """Put everything under a passphrase. Killed midway, the rest is sealed at the next start."""
        text, self.keys = new_lock(passphrase)
        open_lock(parse_lock(text, LOCK_NAME), passphrase)  # before anything plain goes
        lock = self.path / LOCK_NAME
        _kept(lambda: write_whole(lock, text.encode()), "The lock could not be written; nothing is locked")
        self.seal_plain()

    def unlock(self) -> None:
        """Open everything for good. Raises Locked without the secret key; killed midway, the folder is locked as before."""
        _kept(self._unlock, "The folder could not be opened to the end: it stays locked, try again")

    def _unlock(self) -> None:
        assert self.keys is not None
        for file in sorted(self.path.rglob(f"*{SUFFIX}")):
            plain = file.with_name(file.name.removesuffix(SUFFIX))
            if plain.is_file():  # opened before, by an unlocking that was cut off
                file.unlink()
            else:
                unseal_file(file, self.keys)
        (self.path / LOCK_NAME).unlink()
        self.keys = None

    def claim(self) -> Claim | None:
        """Keep others from sealing or deleting while a session runs; None where one runs already."""
        claim = _kept(lambda: Claim(self.path / CLAIM_NAME), "The person's folder cannot be written")
        if claim.take():
            return claim
        claim.release()
        return None


def open_folder(folder: Path, passphrase: str | None = None) -> PersonFolder:
    """A person's folder; locked and without its passphrase, it can only seal. Raises WrongPassphrase."""
    lock = folder / LOCK_NAME
    if not lock.is_file():
        return PersonFolder(folder, None)
    found = parse_lock(_kept(lambda: lock.read_text(encoding="utf-8", errors="replace"), "The lock cannot be read"), str(lock))
    return PersonFolder(folder, Keys(public=found.public) if passphrase is None else open_lock(found, passphrase))


def _kept(work: Callable[[], _T], what: str) -> _T:
    """What some work on files gives; a fault of the disk as one sentence."""
    try:
        return work()
    except OSError as fault:
        message = f"{what} ({fault.strerror or fault})."
        raise RelaxListenError(message) from fault
