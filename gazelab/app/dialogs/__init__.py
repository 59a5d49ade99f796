"""Dialogs; each has an `ask` that returns a value or None, and changes nothing itself."""
