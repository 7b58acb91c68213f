"""What is typed after `relaxlisten`, and what is printed: a module for each family of commands; `cli` puts them together."""
