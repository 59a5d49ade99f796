"""The gaze trace: position, velocity and pupil of one trial over time."""
