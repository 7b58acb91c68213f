"""The record of a session: its format, its writer, its replay."""
