"""What holds for all tests."""

from hypothesis import settings

# How long an example takes depends on the machine: it says nothing about whether the example holds.
settings.register_profile("relaxlisten", deadline=None)
settings.load_profile("relaxlisten")
