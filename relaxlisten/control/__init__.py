"""From metrics to a tempo and a piece, each change with its reason."""
