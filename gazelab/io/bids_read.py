"""Read eye tracking of BIDS 1.11: a data set, a folder of it, or one recording.

Samples are in `_physio.tsv.gz`, one file for each eye; fixations, saccades and blinks of the
tracker in `_physioevents.tsv.gz`, without positions; what was shown when, and on which screen,
in `_events.tsv` and its sidecar. See bids-specification.readthedocs.io, "Eye tracking".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gazelab.data.contract import Contract
from gazelab.errors import ReadError
from gazelab.io.bids_found import take_found
from gazelab.io.bids_gaze import Gaze, contract_of, is_gaze, number_in, read_gaze, unit_of
from gazelab.io.bids_names import RECORDING, Name, recordings_below, root_of
from gazelab.io.bids_shown import presentation, shown_in
from gazelab.io.bids_table import with_header
from gazelab.io.draft import Draft
from gazelab.io.eyes import EVENTS_NOTE, MEAN_NOTE, mean_of_eyes, mean_pupil
from gazelab.io.groups import SampleRows
from gazelab.io.rates import checked_rate
from gazelab.io.reading import ROWS_READ, ROWS_REJECTED, Reading, ReadSettings
from gazelab.task import Step, Task

_PARTICIPANTS = "participants.tsv"
_SOURCE_NAME = "source_name"


def sniff_bids(path: Path) -> bool:
    """Whether a file is an eye tracking recording of BIDS, or a folder has one."""
    return any(map(is_gaze, recordings_below(path)))


def read_bids(path: Path, settings: ReadSettings) -> Task[Reading]:
    """Read all eye tracking recordings below a folder, or one file with its other eye.

    A row of `_events.tsv` with a `stim_file` is a trial, from its onset; a run without such
    rows is one trial. Raises ReadError when a file or sidecar is damaged.
    """
    runs = _runs(path)
    if not runs:
        raise ReadError("There is no eye tracking recording of BIDS.", path)
    names = _participants(root_of(path))
    draft = Draft(path, "bids")
    contract: Contract | None = None
    for number, files in enumerate(runs):
        yield Step(number, len(runs), f"reading {files[0].name}")
        eyes = []
        for file in files:
            gaze = yield from read_gaze(file)
            if len(gaze.stamp_ms):
                eyes.append(gaze)
        draft.counts["recordings left out: no sample"] += len(files) - len(eyes)
        if not eyes:
            continue
        choice = _chosen(eyes, settings.eye, draft)
        found = contract_of(choice.gaze, presentation(choice.gaze))
        if not _fits(found, contract, draft, choice):
            continue
        contract = contract or found
        _take(draft, choice, names, settings)
    return replace(draft.reading(), contract=contract or Contract())


def _runs(path: Path) -> list[list[Path]]:
    """Return the files of each run: one for each eye."""
    runs: dict[tuple[Path, frozenset[tuple[str, str]]], list[Path]] = {}
    wanted = list(recordings_below(path))
    if path.is_file():
        wanted = list(recordings_below(path.parent))
    for file in filter(is_gaze, wanted):
        entities = Name.of(file).without(RECORDING, suffix="physio").entities
        runs.setdefault((file.parent, frozenset(entities.items())), []).append(file)
    return [files for files in runs.values() if path.is_dir() or path in files]


def _participants(root: Path) -> dict[str, str]:
    """Return the names of participants in their source, by label; {} when they are not told."""
    path = root / _PARTICIPANTS
    if not path.is_file():
        return {}
    columns, rows = with_header(path)
    if not {"participant_id", _SOURCE_NAME} <= set(columns):
        return {}
    return {row["participant_id"].removeprefix("sub-"): row[_SOURCE_NAME] for row in rows}


@dataclass(frozen=True, slots=True)
class _Choice:
    """The samples to take of a run, and the file whose fixations and saccades go with them."""

    gaze: Gaze
    events_of: Gaze
    eye: str


def _chosen(eyes: Sequence[Gaze], wished: str, draft: Draft) -> _Choice:
    """Return the eye that is wished, else the one that was seen in more samples."""
    best = max(eyes, key=lambda gaze: (gaze.eye == "mean", gaze.seen))
    left, right = (next((g for g in eyes if g.eye == side), None) for side in ("left", "right"))
    told = {gaze.eye: gaze for gaze in eyes}
    if wished in told:
        return _Choice(told[wished], told[wished], wished)
    if wished == "mean" and left is not None and right is not None:
        if np.array_equal(left.stamp_ms, right.stamp_ms):
            _note(draft, f"{MEAN_NOTE} {EVENTS_NOTE.format(best.eye)}")
            return _Choice(_mean(best, left, right), best, "mean")
        _note(draft, "Where the eyes have other time stamps, the one seen more often is taken.")
    elif len(eyes) > 1:
        why = "told as cyclopean" if best.eye == "mean" else "seen in more samples"
        _note(draft, f"Where there are several eyes, the one {why} is taken.")
    return _Choice(best, best, best.eye)


def _mean(best: Gaze, left: Gaze, right: Gaze) -> Gaze:
    x, y = mean_of_eyes([left.x, right.x]), mean_of_eyes([left.y, right.y])
    return replace(best, x=x, y=y, pupil=mean_pupil({"left": left.pupil, "right": right.pupil}))


def _note(draft: Draft, note: str) -> None:
    if note and note not in draft.notes:
        draft.notes.append(note)


def _fits(found: Contract | None, first: Contract | None, draft: Draft, choice: _Choice) -> bool:
    """Whether the positions of a run mean what those of the first run mean; count if not."""
    if found is None:
        draft.counts["recordings left out: gaze not on a screen"] += 1
        _note(draft, "Gaze told in the head or in the world cannot be put on a picture.")
        return False
    if first is None:
        return True
    if (found.positions, found.origin) != (first.positions, first.origin):
        draft.counts["recordings left out: other coordinates than the first"] += 1
        _note(draft, f"Import {choice.gaze.path.name} by itself: its coordinates are others.")
        return False
    if repr(found.screen) != repr(first.screen):  # NaN, for unknown, equals nothing
        _note(draft, "Screens differ between runs: that of the first is taken for all.")
    return True


def _take(draft: Draft, choice: _Choice, names: dict[str, str], settings: ReadSettings) -> None:
    """Take the samples of a run, and what was found in them."""
    gaze = choice.gaze
    shown = shown_in(gaze)
    label = gaze.name.entities.get("sub", "unknown")
    participant = names.get(label) or label
    draft.keys = [(participant, *key) for key in zip(shown.stimuli, shown.trials, strict=True)]
    run_ms = gaze.run_ms
    trial = shown.trial_of(run_ms)
    draft.counts[ROWS_READ] += gaze.rows
    draft.counts[f"{ROWS_REJECTED}: no time"] += gaze.rows - len(run_ms)
    draft.counts["samples left out: outside of the trials"] += int((trial < 0).sum())
    rate_hz, doubt = checked_rate(run_ms, number_in(gaze.meta, "SamplingFrequency"))
    _note(draft, doubt)
    accuracy_deg = shown.told["accuracy_deg"]
    overall = number_in(gaze.meta, "AverageCalibrationError")
    accuracy_deg = np.where(np.isnan(accuracy_deg), overall, accuracy_deg)
    samples = SampleRows(
        trial,
        run_ms - shown.onset_ms[trial],
        gaze.x,
        gaze.y,
        gaze.pupil,
        unit_of(gaze.meta, "pupil_size"),
        rate_hz,
        choice.eye,
        shown.onset_ms - gaze.start_ms + gaze.stamp_ms[0],
        accuracy_deg[trial],
        shown.told["precision_deg"][trial],
    )
    before = len(draft.recordings)
    draft.take_samples(samples, settings)
    px_per_deg = dict(zip(draft.keys, shown.told["px_per_deg"].tolist(), strict=True))
    draft.recordings = draft.recordings[:before] + tuple(
        replace(item, px_per_deg=px_per_deg[item.key]) for item in draft.recordings[before:]
    )
    take_found(draft, gaze, choice.events_of, shown)
