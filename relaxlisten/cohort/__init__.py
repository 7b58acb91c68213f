"""A folder of sessions as one study: read, measured, judged by rules, tabulated, drawn."""
