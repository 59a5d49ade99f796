"""The errors a user may meet: one clear sentence each, with a hint where there is one."""

from pathlib import Path


class GazeLabError(Exception):
    """A problem the user can understand and act on.

    `str(error)` is the whole sentence: where, what, and the hint.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ReadError(GazeLabError):
    """A file could not be read; nothing of it was taken."""

    def __init__(
        self, message: str, path: Path | str, line: int | None = None, hint: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.path = Path(path)
        self.line = line

    def __str__(self) -> str:
        where = str(self.path) if self.line is None else f"{self.path}, line {self.line}"
        return f"{where}: {super().__str__()}"


class WriteError(GazeLabError):
    """A file could not be written; what was there before is untouched."""


class ProjectError(GazeLabError):
    """A project folder is damaged, missing, or from a newer GazeLab."""


class ModelError(GazeLabError):
    """A model's card or weights are missing, damaged, or not what the card says."""


class SettingsError(GazeLabError):
    """A setting or argument has a value that makes no sense."""
