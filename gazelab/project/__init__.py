"""The project: everything a researcher has loaded and computed, as one immutable value."""
