"""GazeLab: do people and neural networks look at the same things? Measured fixation by fixation."""

__version__ = "0.1.0"
