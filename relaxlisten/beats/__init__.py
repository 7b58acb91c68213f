"""From RR intervals to beats in time, with gaps and artefacts marked."""
