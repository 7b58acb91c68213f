"""A checksum on each line of a record, so that one flipped byte inside a number is noticed.

Decision: CRC-32 (ISO 3309, `zlib.crc32`) over the line's bytes before it, as the line's last field. Each line stands for itself,
so that damage to one never casts doubt on another; the line's count `n` shows what is missing or stands twice. Since schema 3 the
checksum starts from the key that the record's header holds, so that a line of another session is noticed too; where the header is
lost the key follows from the lines. CRC-32 finds every burst of up to 32 bits and misses one random change in 4 billion: it
guards against accidents, not against forgery.
"""

from __future__ import annotations

import zlib

_KEY = ',"crc":"'
_END = '"}'
_LENGTH = len(_KEY) + 8 + len(_END)
_ONES = 0xFFFFFFFF
# CRC-32's table by byte, and the byte that each highest byte of the table belongs to: they are all different.
_TABLE = [zlib.crc32(bytes([byte]), _ONES) ^ _ONES for byte in range(256)]
_BYTE_OF = {entry >> 24: byte for byte, entry in enumerate(_TABLE)}


class Unsealed(ValueError):
    """A line that carries no checksum."""


class BrokenSeal(ValueError):
    """A line whose checksum disagrees with it."""


def seal(text: str, key: int = 0) -> str:
    """A JSON object's text with its checksum as last field; what UTF-8 cannot hold is escaped as JSON does."""
    body = text.removesuffix("}").encode("utf-8", "backslashreplace")
    return f"{body.decode()}{_KEY}{zlib.crc32(body, key):08x}{_END}"


def unseal(line: str, key: int = 0) -> str:
    """The JSON object's text without its checksum. Raises Unsealed or BrokenSeal."""
    body, checksum = _parted(line)
    if checksum != f"{zlib.crc32(body.encode('utf-8', 'replace'), key):08x}":
        raise BrokenSeal
    return body + "}"


def key_of(line: str) -> int:
    """The key that a whole line's checksum was started from: the checksum worked out backwards. Raises Unsealed."""
    body, checksum = _parted(line)
    try:
        register = int(checksum, 16) ^ _ONES
    except ValueError as fault:
        raise Unsealed from fault
    for byte in reversed(body.encode("utf-8", "replace")):
        index = _BYTE_OF[register >> 24]
        register = (register ^ _TABLE[index]) << 8 & _ONES | index ^ byte
    return register ^ _ONES


def _parted(line: str) -> tuple[str, str]:
    text = line.rstrip("\r\n")
    body, tail = text[:-_LENGTH], text[-_LENGTH:]
    if not (tail.startswith(_KEY) and tail.endswith(_END)):
        raise Unsealed
    return body, tail[len(_KEY) : -len(_END)]
