"""Files laid out like OSIE's `fixations.mat`, made for the tests."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.io

Viewing = tuple[Sequence[float], Sequence[float], Sequence[int]]
"""x and y in pixels counted from 1, durations in ms."""


def cell(values: Sequence[object]) -> np.ndarray:
    """Return a MATLAB cell array with one column."""
    column = np.empty((len(values), 1), object)
    column[:, 0] = values
    return column


def subject(viewing: Viewing) -> dict[str, np.ndarray]:
    x, y, duration = viewing
    return {
        "fix_x": np.array(x, np.float64).reshape(1, -1),
        "fix_y": np.array(y, np.float64).reshape(1, -1),
        "fix_duration": np.array(duration, np.uint16).reshape(1, -1),
    }


def write_osie(path: Path, viewings: dict[str, Sequence[Viewing]], compressed: bool = True) -> Path:
    """Write a file with the viewings of each picture."""
    stimuli = [
        {"img": name, "subjects": cell([subject(viewing) for viewing in of_one])}
        for name, of_one in viewings.items()
    ]
    scipy.io.savemat(path, {"fixations": cell(stimuli)}, do_compression=compressed)
    return path


EXAMPLE: dict[str, Sequence[Viewing]] = {
    "1001.jpg": [([1.5, 80.0], [2.0, 60.0], [200, 350]), ([40.0], [30.0], [65_000])],
    "1002.jpg": [([], [], []), ([90.0], [10.0], [120])],
}
