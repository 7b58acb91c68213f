"""One parser under atheris, in a process of its own: `python -m tests.fuzz.drive PARSER LIBFUZZER-OPTIONS`."""

from __future__ import annotations

import sys

import atheris

# What is imported in here is watched branch by branch; numpy and what else lies below is not worth its price.
with atheris.instrument_imports(include=["relaxlisten", "tomllib", "tinytag", "pythonosc"], enable_loader_override=False):
    from tests.fuzz.harnesses import BY_NAME

    harness = BY_NAME[sys.argv[1]]

if __name__ == "__main__":
    atheris.Setup([sys.argv[0], *sys.argv[2:]], harness.check)
    atheris.Fuzz()
