"""Made-up material for the sample project: scenes drawn by code, and simulated viewers."""
