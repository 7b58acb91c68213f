#!/bin/sh
# Sets RelaxListen up in .venv beside this checkout; `sh tools/setup.sh test` adds what the tests need. Safe to run again.
# Debian and Ubuntu: system packages are installed too (as root or with sudo). Elsewhere it names them and goes on without.
set -eu
cd "$(dirname "$0")/.."

packages="python3 python3-venv libportaudio2 libasound2-plugins libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 \
libxcb-cursor0 libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
[ "${1:-}" = test ] && packages="$packages dbus pulseaudio pulseaudio-utils xvfb xauth xdotool"

missing=""
if command -v dpkg-query >/dev/null 2>&1; then
    for package in $packages; do
        # Newer releases add t64 to some names; what provides a library counts as the library.
        dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
fi
if [ -n "$missing" ]; then
    as_root=""
    [ "$(id -u)" = 0 ] || as_root=sudo
    if command -v apt-get >/dev/null 2>&1 && { [ -z "$as_root" ] || command -v sudo >/dev/null 2>&1; }; then
        echo "Installing system packages:$missing"
        { $as_root apt-get update -qq && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null; } ||
            echo "Some system packages could not be installed:$missing. RelaxListen starts without them and says what does not work."
    else
        echo "These system packages are missing and cannot be installed from here:$missing. RelaxListen starts without them and says what does not work."
    fi
fi

python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || { echo "RelaxListen needs Python 3.11 or newer: please install it and run this again." >&2; exit 1; }

[ -x .venv/bin/python ] || "$python" -m venv .venv
if [ "${1:-}" = test ]; then
    .venv/bin/python -m pip install --quiet --upgrade pip
    .venv/bin/python -m pip install --quiet --editable . --group test --group bench
else
    .venv/bin/python -m pip install --quiet .
fi
