"""Other programs that listen to a session while it runs, or put markers into it: LSL and OSC, each off unless asked for."""
