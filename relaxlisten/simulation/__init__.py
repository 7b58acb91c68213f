"""Studies with simulated listeners: the real loop and pipeline, no sound, many at once."""
