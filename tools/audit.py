"""Asks PyPI whether any installed package has a known vulnerability: `.venv/bin/python tools/audit.py`.

Decision: only what was really looked up counts. pip-audit says "no known vulnerabilities" also where it could look up nothing
(a mirror, a machine without network); here that is a sentence of its own and no success. Exit 0: most were looked up and none
has one; 1: some have one; 3: the service could not be asked about most of them.
"""

from __future__ import annotations

import json
import subprocess
import sys

TIMEOUT_S = 15
NOT_ASKED = 3


def main() -> int:
    """Audit what is installed beside this Python."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--local",
        "--progress-spinner",
        "off",
        "--timeout",
        str(TIMEOUT_S),
        "-f",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"Not audited: the service could not be asked ({last}). Try again with network, after `pip install pip-audit`.")
        return NOT_ASKED
    asked = [package for package in packages if "skip_reason" not in package]
    bad = [package for package in asked if package.get("vulns")]
    for package in bad:
        for known in package["vulns"]:
            better = ", ".join(known.get("fix_versions", [])) or "no release yet"
            print(f"{package['name']} {package['version']}: {known['id']} (mended in: {better})")
    print(f"{len(asked)} of {len(packages)} packages were looked up, {len(bad)} of them have known vulnerabilities.")
    if 2 * len(asked) < len(packages):
        print("Not audited: the service knows too few of them; the package index here may be a mirror without that service.")
        return NOT_ASKED
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
