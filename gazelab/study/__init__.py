"""The verbs a researcher says, each a Task."""
