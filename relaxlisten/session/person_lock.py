"""A person's folder under a passphrase, in the format of age (age-encryption.org/v1), by the library pyrage.

Decision: a format with a specification and tools of its own, so that nobody depends on this program to read what is theirs.
The folder has a pair of keys. The public one seals: it lies there plainly, so that a new record, and what a crash has left in
plain, can be sealed without asking anybody. The secret one opens; it lies there wrapped by the passphrase (scrypt). Who loses
the passphrase has lost all that is sealed: there is no second key. age finds any change of a file, but not that two files of a
folder changed places, or that an older one came back; and it hides contents, not names, times and sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relaxlisten.control.toml_check import check_top, parse_toml
from relaxlisten.control.toml_rules import Table, Text
from relaxlisten.errors import RelaxListenError, UsageError
from relaxlisten.safe_files import sync_folder
from relaxlisten.session.private import whole
from relaxlisten.session.toml_text import toml_lines

if TYPE_CHECKING:
    from pathlib import Path

LOCK_NAME, SUFFIX = "lock.toml", ".age"
LEAST_CHARACTERS = 8
LOST = "A passphrase that is lost cannot be recovered: what is locked with it stays unreadable for everybody."
_LOCK = Table(
    meaning="The lock of a folder.",
    keys={
        "public": Text(200, "seals what is new"),
        "secret": Text(20_000, "opens what is sealed; wrapped by the passphrase, in age's own format"),
    },
)
_HEADER = "# This folder is locked. Whoever loses this file, or its passphrase, cannot open it again.\n"


class Locked(UsageError):
    """A folder that needs its passphrase."""


class WrongPassphrase(UsageError):
    """A passphrase that does not open the lock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of a folder. secret: None until the passphrase was given."""

    public: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What lies in LOCK_NAME."""

    public: str
    secret: str


def _age() -> Any:
    try:
        import pyrage
    except ImportError:
        message = 'Locking needs a library that is not installed: run pip install "relaxlisten[encrypt]".'
        raise RelaxListenError(message) from None
    return pyrage


def new_lock(passphrase: str) -> tuple[str, Keys]:
    """The text of a new LOCK_NAME, and its keys. Raises UsageError for a passphrase that is too short."""
    if len(passphrase) < LEAST_CHARACTERS:
        message = f"The passphrase must have at least {LEAST_CHARACTERS} characters; a few unrelated words are best."
        raise UsageError(message)
    age = _age()
    identity = age.x25519.Identity.generate()
    keys = Keys(public=str(identity.to_public()), secret=str(identity))
    wrapped = age.passphrase.encrypt(str(identity).encode(), passphrase, armored=True).decode("ascii")
    return _HEADER + "\n".join(toml_lines({"public": keys.public, "secret": wrapped})) + "\n", keys


def parse_lock(text: str, file_name: str) -> Lock:
    """A lock from its file's text. Raises UsageError where it is damaged."""
    data, source = parse_toml(text, "a lock", file_name)
    check_top(data, _LOCK, {}, source)
    if data.keys() != _LOCK.keys.keys():
        raise source.fault(None, 0, None, "a lock has its public and its secret key: without both nothing can be opened.")
    return Lock(**data)


def open_lock(lock: Lock, passphrase: str) -> Keys:
    """The keys. Raises WrongPassphrase; a damaged secret key looks the same, and is said to."""
    age = _age()
    try:
        secret = age.passphrase.decrypt(lock.secret.encode(), passphrase).decode("ascii")
    except (age.DecryptError, UnicodeDecodeError) as fault:
        message = f"The passphrase does not open this folder (or its {LOCK_NAME} is damaged). {LOST}"
        raise WrongPassphrase(message) from fault
    return Keys(public=lock.public, secret=secret)


def seal(content: bytes, keys: Keys) -> bytes:
    """Content that only the secret key opens."""
    age = _age()
    sealed: bytes = age.encrypt(content, [_public(keys)])
    return sealed


def unseal(sealed: bytes, keys: Keys, name: str) -> bytes:
    """What was sealed. Raises Locked without the secret key, RelaxListenError where a byte is not as it was."""
    if keys.secret is None:
        message = f"{name} is locked: its passphrase is needed."
        raise Locked(message)
    age = _age()
    try:
        content: bytes = age.decrypt(sealed, [age.x25519.Identity.from_str(keys.secret)])
    except age.DecryptError as fault:
        message = f"{name} is damaged ({fault}): not all of its bytes are as they were written, so none are given out."
        raise RelaxListenError(message) from fault
    return content


def seal_file(path: Path, keys: Keys) -> None:
    """Put a sealed file in the place of a plain one, in pieces; the plain one goes last. Raises OSError."""
    age = _age()
    with path.open("rb") as plain, whole(path.with_name(path.name + SUFFIX)) as sealed:
        age.encrypt_io(plain, sealed, [_public(keys)])
    path.unlink()
    sync_folder(path.parent)


def unseal_file(path: Path, keys: Keys) -> None:
    """Put the plain file in the place of a sealed one; the sealed one goes last. Raises as `unseal`, and OSError."""
    content = unseal(path.read_bytes(), keys, path.name)
    with whole(path.with_name(path.name.removesuffix(SUFFIX))) as plain:
        plain.write(content)
    path.unlink()
    sync_folder(path.parent)


def _public(keys: Keys) -> Any:
    age = _age()
    try:
        return age.x25519.Recipient.from_str(keys.public)
    except age.RecipientError as fault:
        message = f"The public key in {LOCK_NAME} is damaged ({fault}): nothing new can be locked with it."
        raise RelaxListenError(message) from fault
