"""What people attended to: density maps of their fixations."""
