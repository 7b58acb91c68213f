"""Starts the program.

Decision: until its commands are loaded, which takes a moment, Ctrl-C ends it as it ends any program, without a traceback.
"""

from __future__ import annotations

import signal


def main() -> None:
    """Entry point of the program."""
    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from relaxlisten.cli import main as run

    signal.signal(signal.SIGINT, before)
    run()


if __name__ == "__main__":
    main()
