"""What there is to play: the listener's own files and the music composed here."""
