"""From beats to metrics, each withheld with a reason where the data do not support it."""
