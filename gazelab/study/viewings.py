"""What people did on one stimulus, and the grid on which maps are compared with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.alignment import Steps, steps_of_fixations
from gazelab.data.gaze import Scanpath
from gazelab.data.stimulus import Stimulus
from gazelab.gaze.density import density
from gazelab.metrics.agreement import Observers
from gazelab.metrics.baselines import Fixations, Pool
from gazelab.metrics.buffers import Buffers
from gazelab.metrics.comparison import Truth
from gazelab.metrics.resample import Cells, cells_of, to_grid
from gazelab.project.project import Project

_LONGEST_CELLS = 2048  # larger stimuli are scored on a grid this long, to bound the memory
_LONGEST_CELLS_OBSERVERS = 400  # one map for each viewer: half of a usual stimulus is enough


@dataclass(frozen=True, slots=True, eq=False)
class Viewing:
    """Everything people did on one stimulus; excluded fixations are in the arrays.

    points : n fixations. used : (n,) bool. viewer : (n,) index of the participant.
    scanpaths : in the order of the fixations.
    """

    stimulus: Stimulus
    scanpaths: tuple[Scanpath, ...]
    points: Fixations
    used: np.ndarray
    viewer: np.ndarray

    @classmethod
    def of(cls, stimulus: Stimulus, scanpaths: Sequence[Scanpath], by_duration: bool) -> "Viewing":
        """Put the fixations of scanpaths together, weighted by their durations if asked."""
        number = _numbers(scanpaths)
        lengths = [len(path) for path in scanpaths]
        viewer = np.repeat([number[path.participant] for path in scanpaths], lengths)
        duration_ms = _joined(path.duration_ms for path in scanpaths)
        points = Fixations(
            _joined(path.x_px for path in scanpaths),
            _joined(path.y_px for path in scanpaths),
            np.nan_to_num(duration_ms) if by_duration else np.ones(len(duration_ms)),
        )
        used = _joined(path.used for path in scanpaths).astype(bool)
        return cls(stimulus, tuple(scanpaths), points, used, viewer.astype(np.intp))

    @property
    def numbers(self) -> np.ndarray:
        """(n,) the place of each fixation in its scanpath, counted from 1."""
        return _joined(np.arange(1, len(path) + 1) for path in self.scanpaths).astype(np.intp)

    def beside(self, steps: Steps, alignment: str) -> np.ndarray:
        """(n,) the 0-based step beside each fixation, -1 where there is none."""
        found = [
            -1 if step is None else step
            for path in self.scanpaths
            for step in steps_of_fixations(path, steps, alignment)
        ]
        return np.array(found, np.intp)

    def of_participant(self, participant: str) -> Fixations:
        """Return the fixations in use of one participant."""
        number = _numbers(self.scanpaths).get(participant, -1)
        return self.points[self.used & (self.viewer == number)]

    def by_viewer(self, which: np.ndarray) -> list[Fixations]:
        """Return the fixations in use of `which`, for each viewer who has any in use."""
        return [
            self.points[which & self.used & (self.viewer == viewer)]
            for viewer in np.unique(self.viewer[self.used])
        ]


def viewings_of(project: Project, *, by_duration: bool) -> dict[str, Viewing]:
    """Return the viewing of each stimulus, also of those without fixations."""
    paths: dict[str, list[Scanpath]] = {id_: [] for id_ in project.stimuli}
    for scanpath in project.scanpaths:
        if scanpath.stimulus in paths:
            paths[scanpath.stimulus].append(scanpath)
    return {
        id_: Viewing.of(project.stimuli[id_], of_stimulus, by_duration)
        for id_, of_stimulus in paths.items()
    }


def pool_of(viewings: dict[str, Viewing]) -> Pool:
    """Return the fixations in use of all stimuli."""
    return Pool(
        {id_: viewing.points[viewing.used] for id_, viewing in viewings.items()},
        {id_: viewing.stimulus.shape for id_, viewing in viewings.items()},
    )


class Ground:
    """Where maps are compared with the fixations on one stimulus.

    grid : (rows, columns), the pixels of the stimulus or fewer. others : the fixations on all
    other stimuli on it. bias : their centre bias on it, None where they have no fixations.
    observers_grid : on which people are compared with one another.
    """

    def __init__(self, viewing: Viewing, pool: Pool, sigma_px: float) -> None:
        self._viewing = viewing
        self._pool = pool
        self._sigma_px = sigma_px
        self._shape = viewing.stimulus.shape
        self.grid = _grid(self._shape, _LONGEST_CELLS)
        self.observers_grid = _grid(self._shape, _LONGEST_CELLS_OBSERVERS)
        self.others: Cells = pool.others(viewing.stimulus.id, self.grid)
        bias = pool.centre_bias(viewing.stimulus.id)
        self.bias = None if bias is None else to_grid(bias, self.grid)

    def truth(self, which: np.ndarray, buffers: Buffers, *, blurred: bool) -> Truth:
        """Return the fixations in use of `which`, with their density where it is `blurred`."""
        seen = self._viewing.points[which & self._viewing.used]
        rows, columns = self.grid
        human = None
        if blurred:
            human = density(
                seen.x_px,
                seen.y_px,
                self._shape,
                self._sigma_px,
                weights=seen.weight,
                grid=self.grid,
                out=buffers.get("density", rows * columns, np.float32).reshape(rows, columns),
            )
        cells = cells_of(seen.x_px, seen.y_px, self._shape, self.grid)
        return Truth(self.grid, cells, human, self.others, self.bias, buffers)

    def observers(self, which: np.ndarray | None = None) -> Observers:
        """Return the viewers, to be compared with one another on the grid for that.

        which : fixations by which they predict; all when None.
        """
        everything = np.ones(len(self._viewing.used), bool)
        return Observers(
            self._viewing.by_viewer(everything if which is None else which),
            self._shape,
            self._sigma_px,
            self.observers_grid,
            self._pool.others(self._viewing.stimulus.id, self.observers_grid),
            self.bias,
        )


def _grid(shape: tuple[int, int], longest: int) -> tuple[int, int]:
    """Return (rows, columns): the pixels of the stimulus, or fewer where it is too long."""
    scale = min(1.0, longest / max(shape))
    return max(round(shape[0] * scale), 1), max(round(shape[1] * scale), 1)


def _numbers(scanpaths: Iterable[Scanpath]) -> dict[str, int]:
    """Return participant -> number, in order of first appearance."""
    return {name: k for k, name in enumerate(dict.fromkeys(p.participant for p in scanpaths))}


def _joined(parts: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.empty(0), *parts])
