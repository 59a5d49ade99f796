"""Files to nouns: each module reads one family of files."""
