"""Choose which fixations of a trial are in use: the tracker's, or those of a detector."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.gaze.detect import DETECTORS
from gazelab.project.project import Project


@dataclass(frozen=True, slots=True)
class Choice:
    """Those who found fixations in a project.

    reader : what `Origin.reader` says. in_use, trials : in how many trials its fixations are
    in use, and in how many there are any.
    """

    reader: str
    in_use: int
    trials: int

    @property
    def title(self) -> str:
        """The name of the detector, or of the reader of the tracker's own fixations."""
        return title_of(self.reader)


def title_of(reader: str) -> str:
    """Return the name of a detector; the name of a reader stays as it is."""
    return next((one.title for one in DETECTORS if one.id == reader), reader)


def is_own(reader: str) -> bool:
    """Whether fixations were found by a detector of ours, not by the tracker's."""
    return any(one.id == reader for one in DETECTORS)


def choices(project: Project) -> tuple[Choice, ...]:
    """Return who found fixations: those in use in most trials first, then by name."""
    used = _trials(project.scanpaths)
    aside = _trials(project.set_aside)
    readers = sorted({*used, *aside}, key=lambda reader: (-used.get(reader, 0), reader))
    return tuple(
        Choice(reader, used.get(reader, 0), used.get(reader, 0) + aside.get(reader, 0))
        for reader in readers
    )


def with_fixations_of(
    project: Project, reader: str, keys: Collection[TrialKey] | None = None
) -> Project:
    """Return the project with the fixations of `reader` in use where there are any.

    keys : the trials, all of them when None. Trials without such fixations stay as they are.
    """
    chosen = [
        path
        for path in project.set_aside
        if path.origin.reader == reader and (keys is None or path.key in keys)
    ]
    return project.with_detected(chosen) if chosen else project


def trackers_own(project: Project, key: TrialKey) -> Scanpath | None:
    """Return the fixations of a trial that came with its file, in use or not."""
    for path in (*project.scanpaths, *project.set_aside):
        if path.key == key and not is_own(path.origin.reader):
            return path
    return None


def _trials(scanpaths: Iterable[Scanpath]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for path in scanpaths:
        counts[path.origin.reader] = counts.get(path.origin.reader, 0) + 1
    return counts
