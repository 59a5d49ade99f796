"""The samples of a recording as CSV, written in pieces: there may be millions."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gazelab import storage
from gazelab.data.recording import Recording
from gazelab.report.gaze_tables import SAMPLE_COLUMNS
from gazelab.report.tables import MISSING

_ROWS = 50_000


def write_samples(path: Path, recording: Recording) -> Iterator[int]:
    """Write the samples of a recording; yield how many are written, now and then.

    Raises WriteError.
    """
    storage.make_folder(path.parent)
    with storage.replacing(path) as file:
        file.write((",".join(column.name for column in SAMPLE_COLUMNS) + "\n").encode())
        for start in range(0, len(recording), _ROWS):
            file.write(_rows(recording, slice(start, start + _ROWS)).encode())
            yield min(start + _ROWS, len(recording))


def _rows(recording: Recording, part: slice) -> str:
    t_ms = recording.t_ms[part]
    pupil = np.full(len(t_ms), np.nan) if recording.pupil is None else recording.pupil[part]
    columns = (t_ms, recording.x_px[part], recording.y_px[part], pupil)
    texts = (map(repr, column.tolist()) for column in columns)
    # `repr` reads back as the same number; a decimal number has no "nan" in it
    return "".join(f"{t},{x},{y},{p}\n" for t, x, y, p in zip(*texts, strict=True)).replace(
        "nan", MISSING
    )
