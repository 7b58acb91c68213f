"""Lets `python -m relaxlisten` start the program."""

from relaxlisten.cli import main

if __name__ == "__main__":
    main()
