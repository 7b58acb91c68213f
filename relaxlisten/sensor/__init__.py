"""From a strap's packets to messages: parsing, profiles, connection, and hearts that are simulated or read from a file."""
