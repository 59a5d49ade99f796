"""The command line. Nothing heavy is imported before a verb needs it."""

from gazelab.cli.command import main

__all__ = ["main"]
