"""The import wizard: what each source is, how it is understood, and what it looks like."""
