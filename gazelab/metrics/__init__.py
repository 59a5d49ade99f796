"""How well a map and fixations agree: pure functions on arrays."""
