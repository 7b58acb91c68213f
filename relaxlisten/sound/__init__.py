"""From plans to sound: decoding, time-stretch, mixing, and the process that owns the sound card."""
