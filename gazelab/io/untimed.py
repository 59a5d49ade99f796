"""Fixations of sources that have their order, but no onsets."""

from dataclasses import replace

import numpy as np

from gazelab.data.gaze import onsets_from_durations
from gazelab.io.draft import Draft
from gazelab.io.groups import FoundRows, scanpaths_of

NO_TIMES = (
    "The source has no times: fixations are in its order, all with onset 0 and without a duration."
)
NO_ONSETS = (
    "The source has no onset times: onsets are synthesised as the running sum of the durations, "
    "without the saccades between them, so true onsets are later."
)


def untimed(
    draft: Draft,
    trial: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    duration_ms: np.ndarray | None = None,
) -> None:
    """Let a draft take fixations of which only the order is known, and say so in its notes.

    trial : (n,) int, which of the draft's keys. x, y, duration_ms : (n,) float64.
    """
    draft.notes.append(NO_TIMES if duration_ms is None else NO_ONSETS)
    if duration_ms is None:
        duration_ms = np.full(len(trial), np.nan)
    found = FoundRows(trial, np.zeros(len(trial)), duration_ms, x, y)
    draft.counts["fixations in the file"] += len(trial)
    draft.scanpaths += tuple(
        replace(path, onset_ms=onsets_from_durations(path.duration_ms))
        for path in scanpaths_of(draft.keys, found, replace(draft.origin, synthetic_onsets=True))
    )
