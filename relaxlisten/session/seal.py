"""A checksum on each line of a record, so that one flipped byte inside a number is noticed.

Decision: CRC-32 (ISO 3309, `zlib.crc32`) over the line's bytes before it, as the line's last field. Each line stands for itself,
so that damage to one never casts doubt on another; the line's count `n` shows what is missing or stands twice. CRC-32 finds every
burst of up to 32 bits and misses one random change in 4 billion: it guards against accidents, not against forgery.
"""

from __future__ import annotations

import zlib

_KEY = ',"crc":"'
_END = '"}'
_LENGTH = len(_KEY) + 8 + len(_END)


class Unsealed(ValueError):
    """A line that carries no checksum."""


class BrokenSeal(ValueError):
    """A line whose checksum disagrees with it."""


def seal(text: str) -> str:
    """A JSON object's text with its checksum as last field; what UTF-8 cannot hold is escaped as JSON does."""
    body = text.removesuffix("}").encode("utf-8", "backslashreplace")
    return f"{body.decode()}{_KEY}{zlib.crc32(body):08x}{_END}"


def unseal(line: str) -> str:
    """The JSON object's text without its checksum. Raises Unsealed or BrokenSeal."""
    text = line.rstrip("\r\n")
    body, tail = text[:-_LENGTH], text[-_LENGTH:]
    if not (tail.startswith(_KEY) and tail.endswith(_END)):
        raise Unsealed
    if tail[len(_KEY) : -len(_END)] != f"{zlib.crc32(body.encode('utf-8', 'replace')):08x}":
        raise BrokenSeal
    return body + "}"
