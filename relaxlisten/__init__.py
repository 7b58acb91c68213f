"""RelaxListen listens to a heart and plays music that helps a person settle.

sensor -> beats -> physiology -> control -> music -> sound -> ears

messages.py   what flows            ports.py     the shapes that the rooms agree on
pipeline.py   the pure steps, composed: feed(event) -> list[event]
runtime.py    the shell that runs a session: live, offline or replayed
sensor/ beats/ physiology/ control/ music/ sound/ session/ window/    one room a job; ARCHITECTURE.md has the map
cli.py        the commands
"""

__version__ = "0.1.0"
