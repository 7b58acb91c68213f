"""A recorder of LSL streams that knows nothing of the program: raw inlets in, an XDF 1.0 file out.

python -m tests.system.xdf recorded.xdf STREAM...    until a line comes on standard input
"""

from __future__ import annotations

import struct
import sys
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_FILE_HEADER, _STREAM_HEADER, _SAMPLES, _CLOCK_OFFSET, _STREAM_FOOTER = 1, 2, 3, 4, 6
_OFFSET_EVERY_S = 5.0
_HEARD = 15  # samples of each stream that has some all the time


def lonely_lsl() -> str:
    """A configuration of LSL in which this computer is alone, and whoever uses this text sees nobody else on it."""
    lab = f"[lab]\nKnownPeers = {{127.0.0.1}}\nSessionID = {uuid.uuid4().hex}\n"
    return f"[multicast]\nResolveScope = machine\n{lab}[log]\nlevel = -3\n"


def _sized(length: int) -> bytes:
    return struct.pack("<BB", 1, length) if length < 256 else struct.pack("<BI", 4, length)


def _chunk(tag: int, content: bytes) -> bytes:
    return _sized(len(content) + 2) + struct.pack("<H", tag) + content


def _value(value: float | str) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return _sized(len(text)) + text
    return struct.pack("<d", value)


class Recording:
    """One stream: its header, and what came in."""

    def __init__(self, lsl: Any, info: Any, number: int) -> None:
        self.inlet = lsl.StreamInlet(info, max_buflen=360)
        self.number = struct.pack("<I", number)
        self.header = self.inlet.info(timeout=10.0).as_xml().encode()
        self.inlet.open_stream(timeout=10.0)
        self.samples: list[tuple[float, list[float | str]]] = []
        self.offsets = [(lsl.local_clock(), self.inlet.time_correction(timeout=10.0))]
        self.flows = info.type() != "Markers"
        self._lsl = lsl

    def pull(self) -> None:
        while True:
            values, stamp = self.inlet.pull_sample(timeout=0.0)
            if values is None:
                break
            self.samples.append((stamp, values))
        if self._lsl.local_clock() - self.offsets[-1][0] > _OFFSET_EVERY_S:
            self.offsets.append((self._lsl.local_clock(), self.inlet.time_correction(timeout=10.0)))

    def chunks(self) -> bytes:
        rows = b"".join(struct.pack("<Bd", 8, stamp) + b"".join(map(_value, values)) for stamp, values in self.samples)
        told = [_chunk(_CLOCK_OFFSET, self.number + struct.pack("<dd", at, -offset)) for at, offset in self.offsets]
        footer = f'<?xml version="1.0"?><info><sample_count>{len(self.samples)}</sample_count></info>'.encode()
        body = _chunk(_SAMPLES, self.number + _sized(len(self.samples)) + rows) if self.samples else b""
        return b"".join(
            [_chunk(_STREAM_HEADER, self.number + self.header), *told, body, _chunk(_STREAM_FOOTER, self.number + footer)]
        )


def write_xdf(path: Path | str, recordings: list[Recording]) -> None:
    head = _chunk(_FILE_HEADER, b'<?xml version="1.0"?><info><version>1.0</version></info>')
    with open(path, "wb") as file:
        file.write(b"XDF:" + head + b"".join(one.chunks() for one in recordings))


def _resolved(lsl: Any, name: str) -> Any:
    while not (found := lsl.resolve_byprop("name", name, timeout=0.5)):
        pass
    return found[0]


def main(path: str, names: list[str]) -> None:
    import pylsl

    recordings = [Recording(pylsl, _resolved(pylsl, name), number) for number, name in enumerate(names, start=1)]
    print("recording", flush=True)  # noqa: T201  # tells who started it
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stopped.set()), daemon=True).start()
    heard = False
    while not stopped.is_set():
        for one in recordings:
            one.pull()
        if not heard and all(len(one.samples) >= _HEARD for one in recordings if one.flows):
            print("heard", flush=True)  # noqa: T201
            heard = True
        time.sleep(0.02)
    for one in recordings:
        one.pull()
    write_xdf(path, recordings)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
