#!/bin/sh
# Runs all tests but the soaks: first what needs no bench, on all processors; then what drives the running program, two at a time,
# because sound and windows are measured there as they happen.
set -eu
cd "$(dirname "$0")/.."

.venv/bin/python -m pytest -n auto --dist loadfile -m "not system and not soak"
.venv/bin/python -m pytest -n 2 --dist loadfile -m "system and not soak"
