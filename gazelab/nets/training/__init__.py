"""Training: configuration, data in memory, a loop that can stop and continue, checkpoints."""
