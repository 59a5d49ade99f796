"""Gaze: events found in samples, data quality, and density maps of fixations."""
