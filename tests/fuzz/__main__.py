"""The long run: each parser under atheris, guided by coverage (`python -m tests.fuzz --runs 1000000`).

Decision: one process a parser, so that a parser that kills its process or hangs is an entry in the table and not the end of the
run. What breaks a promise is kept as a file beside the report; once mended it belongs into the corpus.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.harnesses import BY_NAME, HARNESSES

SLOWEST_S = 10  # an input that takes longer is a hang
MOST_MB = 2048


def _quoted(word: bytes) -> str:
    """A line of libFuzzer's dictionary."""
    return '"' + "".join(rf"\x{byte:02x}" for byte in word) + '"\n'


def _one(name: str, runs: int, seed: int, kept: Path, seconds: float) -> tuple[str, bool]:
    """A line of the table, and whether every promise was kept."""
    harness = BY_NAME[name]
    with tempfile.TemporaryDirectory() as folder:
        found, words = Path(folder, "found"), Path(folder, "words")
        found.mkdir()
        for number, content in enumerate(harness.seeds()):
            Path(found, str(number)).write_bytes(content)
        words.write_text("".join(map(_quoted, harness.words)), encoding="ascii")
        kept.mkdir(parents=True, exist_ok=True)
        options = {
            "runs": runs, "seed": seed, "max_len": harness.longest, "timeout": SLOWEST_S, "rss_limit_mb": MOST_MB,
            "max_total_time": int(seconds), "print_final_stats": 1, "verbosity": 1, "artifact_prefix": f"{kept}/{name}-",
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.fuzz.drive", name, str(found)]
        command += [f"-{key}={value}" for key, value in options.items()] + ([f"-dict={words}"] if harness.words else [])
        begun_s = time.monotonic()
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
        took_s = time.monotonic() - begun_s
    inputs = re.findall(r"number_of_executed_units:\s*(\d+)", done.stdout)
    edges = re.findall(r"\bcov: (\d+)", done.stdout)
    good = done.returncode == 0
    if not good:
        (kept / f"{name}.log").write_text(done.stdout[-20_000:], encoding="utf-8")
    count, branches = int(inputs[-1]) if inputs else 0, edges[-1] if edges else "-"
    line = f"| {name} | {count:,} | {branches} | {took_s:.0f} | {'kept' if good else f'BROKEN, see {name}.log'} |"
    return line, good


def main() -> int:
    """Run what is asked for; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("parsers", nargs="*", metavar="PARSER", help=f"of {', '.join(BY_NAME)}; all without it")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=0.0, help="at most so long a parser; 0: no limit")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kept", type=Path, default=Path("fuzz-found"), help="where inputs that break a promise go")
    chosen = parser.parse_args()
    names = chosen.parsers or [harness.name for harness in HARNESSES]
    if unknown := [name for name in names if name not in BY_NAME]:
        parser.error(f"there is no parser {unknown[0]}")
    sys.stdout.write("| parser | inputs | branches | s | promise |\n|---|---|---|---|---|\n")
    all_good = True
    for name in names:
        line, good = _one(name, chosen.runs, chosen.seed, chosen.kept, chosen.seconds)
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        all_good &= good
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
