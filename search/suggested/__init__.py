"""Standards suggested for a text: what speaks for each statement, by words and, optionally, by meaning."""
