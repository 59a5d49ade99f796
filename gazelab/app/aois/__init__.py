"""Areas of interest in the window: drawing them over a picture, and editing them in a list."""
