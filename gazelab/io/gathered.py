"""Fixations gathered one by one from a file, until they are scanpaths."""

from collections.abc import Mapping as Mapped
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from gazelab.data.gaze import Origin
from gazelab.errors import ReadError
from gazelab.io.mapping import NUMBER_FIELDS, Mapping
from gazelab.io.reading import Placement, Reading
from gazelab.io.rows import Rows, reading_of

Key = tuple[str, str, str]
"""Participant, stimulus and trial."""

_CENTRED = (
    "Positions are pixels of the screen: each picture is taken to have been shown in the middle "
    "of the screen, in its own size."
)


class Gathered:
    """Fixations by participant, stimulus and trial, and a count of the rows that are none.

    names : field -> the name it has in the file; x, y, duration and, where known, onset.
        Times are handed over in ms.
    settings : of the `Mapping`: coordinates, y_axis, onset_from.
    """

    def __init__(self, path: Path, reader: str, names: Mapped[str, str], **settings: str) -> None:
        columns = {name: names[name] for name in NUMBER_FIELDS if name in names}
        mapping = Mapping(columns=MappingProxyType(columns), **settings)  # type: ignore[arg-type]
        places = {name: place for place, name in enumerate(columns)}
        self._rows = Rows(path, mapping, places, len(columns))
        self._reader = reader
        self._screens: dict[Key, tuple[float, float] | None] = {}
        self.counts: dict[str, int] = {}

    def read(self) -> None:
        """Count a row of a fixation."""
        self._rows.read += 1

    def reject(self, reason: str) -> None:
        """Count a row that is none of a fixation, or cannot be used."""
        self._rows.read += 1
        self._rows.rejected[reason] += 1

    def add(
        self, key: Key, values: Mapped[str, float], screen_px: tuple[float, float] | None = None
    ) -> None:
        """Take one fixation. `screen_px`: its position is in pixels of a screen of that size."""
        self._screens.setdefault(key, screen_px)
        group = self._rows.groups.setdefault(key, [])
        group.append([float(values[name]) for name in self._rows.numbers])

    def reading(self, notes: tuple[str, ...] = ()) -> Reading:
        """Return what was gathered. Raises ReadError: no fixation, or most overlap in time."""
        path = self._rows.path
        if not self._rows.groups:
            raise ReadError("There is no fixation in the file.", path, hint=self._why())
        reading = reading_of(self._rows, path.name)
        on_screen = any(self._screens.values())
        notes = (*notes, *((_CENTRED,) if on_screen else ()), *reading.notes)
        origin = Origin(self._reader, path.name, "onset" not in self._rows.numbers, notes=notes)
        counts = {**reading.counts, **{name: n for name, n in self.counts.items() if n}}
        return replace(
            reading,
            scanpaths=tuple(replace(scanpath, origin=origin) for scanpath in reading.scanpaths),
            placements=tuple(map(_in_the_middle, self._screens.values())) if on_screen else (),
            counts=MappingProxyType(counts),
            notes=notes,
        )

    def _why(self) -> str:
        found = "; ".join(f"{reason}: {n:,}" for reason, n in self._rows.rejected.items())
        return f"Of {self._rows.read:,} rows, rejected: {found}." if found else ""


def _in_the_middle(screen_px: tuple[float, float] | None) -> Placement | None:
    if screen_px is None:
        return None
    return Placement(screen_px[0] / 2, screen_px[1] / 2, centred=True)
