"""What was shown in a run of a BIDS data set, and when: the rows of its `_events.tsv`."""

import math
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Vector
from gazelab.io.bids_columns import STIMULUS
from gazelab.io.bids_gaze import Gaze
from gazelab.io.bids_names import RECORDING, Sidecar, nearest, sidecar
from gazelab.io.bids_table import number_of, with_header

_ROUNDING_MS = 1e-6
_NOTHING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The presentations of a run, in order of time, each a trial.

    stimuli, trials : the names. begin_ms, onset_ms, end_ms : (n,) float64 from the start of the
        acquisition; a trial has what lies from its begin, before the onset, up to its end.
    told : column -> (n,) float64 of what else is told of each trial, NaN where unknown.
    """

    stimuli: tuple[str, ...]
    trials: tuple[str, ...]
    begin_ms: Vector
    onset_ms: Vector
    end_ms: Vector
    told: dict[str, Vector]

    def trial_of(self, run_ms: Vector) -> Vector:
        """Return which trial was on at some times, (n,) int, -1 for none."""
        found = np.searchsorted(self.begin_ms - _ROUNDING_MS, run_ms, side="right") - 1
        after = run_ms >= self.end_ms[np.maximum(found, 0)] - _ROUNDING_MS
        return np.where((found < 0) | after, _NOTHING, found)


TOLD = ("accuracy_deg", "precision_deg", "px_per_deg")
"""Columns of numbers that tell something of each trial."""


def presentation(gaze: Gaze) -> Sidecar:
    """Return how the sidecars say that stimuli were presented, {} when they do not."""
    events = gaze.name.without(RECORDING, suffix="events")
    found = sidecar(gaze.path, events).get("StimulusPresentation")
    return found if isinstance(found, dict) else {}


def shown_in(gaze: Gaze) -> Shown:
    """Return what was shown in a run. Raises ReadError when its events are damaged."""
    name = gaze.name.without(RECORDING, suffix="events")
    path = nearest(gaze.path, name, ".tsv")
    prefix = gaze.name.label("ses", "run")
    rows = with_header(path)[1] if path is not None else []
    found = [
        (number_of(row.get("onset", ""), "onset", path), stimulus, row)
        for row in rows
        if path is not None and (stimulus := _stimulus(row))
    ]
    found = sorted((item for item in found if item[0] == item[0]), key=lambda item: item[0])
    if path is None or not found:
        return _one_trial(gaze, prefix)
    onset_ms = np.array([onset_s * 1000 for onset_s, _, _ in found])
    rows = [row for _, _, row in found]

    def column(key: str) -> Vector:
        return np.array([number_of(row.get(key, ""), key, path) for row in rows])

    begin_ms = onset_ms - np.nan_to_num(column("lead_in") * 1000)
    length_ms = column("duration") * 1000
    end_ms = np.where(length_ms > 0, onset_ms + length_ms, math.inf)
    return Shown(
        tuple(stimulus for _, stimulus, _ in found),
        tuple(
            f"{prefix} {row.get('trial') or number}".strip() for number, row in enumerate(rows, 1)
        ),
        begin_ms,
        onset_ms,
        np.minimum(end_ms, np.append(begin_ms[1:], math.inf)),
        {key: column(key) for key in TOLD},
    )


def _stimulus(row: dict[str, str]) -> str:
    """Return the name of the stimulus that a row presents, "" when it presents none."""
    if row.get("trial_type") == STIMULUS and (name := row.get(STIMULUS, "")):
        return name
    file = row.get("stim_file", "").replace("\\", "/")
    return file.removeprefix("/").removeprefix("stimuli/")


def _one_trial(gaze: Gaze, prefix: str) -> Shown:
    """Return a run as one trial; its stimulus is named by task and run."""
    stimulus = gaze.name.label("task", "acq", "run") or gaze.path.name.split(".")[0]
    return Shown(
        (stimulus,),
        (prefix or "1",),
        np.array([-math.inf]),
        np.array([gaze.start_ms]),
        np.array([math.inf]),
        {key: np.array([math.nan]) for key in TOLD},
    )
