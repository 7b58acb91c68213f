"""What a person sees: a window, or the same facts in a terminal."""
