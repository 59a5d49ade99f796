"""A stimulus: one picture that people looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stimulus:
    """One picture, known by its `id` (unique in a project, stable, usually the file name).

    path : where the file lies, relative to the project folder, with forward slashes; "" for an
        empty screen, which has no picture.
    sha256 : of the file's bytes; a file that was replaced is noticed.
    labels : free words such as categories; "simulated" marks made-up material.
    """

    id: str
    path: str
    width_px: int
    height_px: int
    sha256: str
    labels: tuple[str, ...] = ()

    @property
    def has_picture(self) -> bool:
        """Whether there is a picture; else people looked at an empty screen, or it is not known."""
        return bool(self.path)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.height_px, self.width_px
