"""What a session was, on paper: facts from its record, then words, a picture and a page; and the text of a methods section."""
