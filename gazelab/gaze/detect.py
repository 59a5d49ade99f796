"""Detectors: from the samples of a recording to fixations, saccades and blinks."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gazelab.data.gaze import Origin, Scanpath, Vector, exclusions
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.events import Properties, properties
from gazelab.gaze.found import Found, SampleCounts
from gazelab.gaze.idt import IdtSettings, find_by_dispersion
from gazelab.gaze.ivt import IvtSettings, find_by_velocity
from gazelab.gaze.microsaccades import MicrosaccadeSettings, find_microsaccades
from gazelab.gaze.settings import DetectorSettings, Parameter, parameters
from gazelab.gaze.signal import Signal, signal_of
from gazelab.gaze.spans import Spans

_PX_PER_DEG = "px_per_deg"


@dataclass(frozen=True, slots=True)
class Detector:
    """One way to find events.

    id : what `Origin.reader` says. settings : the class of its parameters. finds : the kinds
    of events. find : the function over arrays.
    """

    id: str
    title: str
    settings: type[DetectorSettings]
    finds: tuple[str, ...]
    citation: str
    definition: str
    find: Callable[[Signal, Any], Found]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its parameters with titles, units, defaults and ranges."""
        return parameters(self.settings)


DETECTORS: tuple[Detector, ...] = (
    Detector(
        "i-vt", "I-VT (velocity threshold)", IvtSettings, ("fixation", "saccade", "blink"),
        "Salvucci and Goldberg (2000), ETRA 2000, 71-78; "
        "Olsen (2012), The Tobii I-VT Fixation Filter",
        "The eye fixates while it moves slower than a threshold.", find_by_velocity,
    ),
    Detector(
        "i-dt", "I-DT (dispersion threshold)", IdtSettings, ("fixation", "saccade", "blink"),
        "Salvucci and Goldberg (2000), ETRA 2000, 71-78",
        "The eye fixates while it stays within a small area.", find_by_dispersion,
    ),
    Detector(
        "microsaccades", "Microsaccades (Engbert and Kliegl)", MicrosaccadeSettings,
        ("microsaccade", "saccade", "blink"),
        "Engbert and Kliegl (2003), Vision Research 43, 1035-1045",
        "The eye jumps while it moves faster than a multiple of the recording's own noise.",
        find_microsaccades,
    ),
)  # fmt: skip
"""Every detector, in the order of menus."""


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """What a detector found in one recording.

    scanpath : the fixations, None when the detector finds none by design.
    events : one for each kind that the detector finds, empty ones too.
    samples : how many samples went where.
    dropped : (why, how many candidates) of those that became no event.
    labels : (n,) int8 of `Label` for each sample. speed_deg_s : (n,) as the detector smoothed
        it, None when it needs none.
    """

    scanpath: Scanpath | None
    events: tuple[Events, ...]
    samples: SampleCounts
    dropped: tuple[tuple[str, int], ...]
    labels: Vector
    speed_deg_s: Vector | None


def detect(
    recording: Recording, settings: DetectorSettings, stimulus: Stimulus | None = None
) -> Detection:
    """Find the events of one recording.

    settings : an instance of the class of a detector's parameters; it says which detector.
    stimulus : whose size tells fixations off the stimulus, which are kept and marked; no
        fixation is marked without it.

    Raises SettingsError for unknown pixels per degree. All parameters and the pixels per degree
    go into the origin of what is returned.
    """
    detector = detector_of(settings)
    found = detector.find(signal_of(recording), settings)
    origin = replace(
        recording.origin,
        reader=detector.id,
        settings=(*settings.pairs(), (_PX_PER_DEG, float(recording.px_per_deg))),
    )
    scanpath = _scanpath(recording, found, origin, stimulus) if _fixates(detector) else None
    spans = {"saccade": found.saccades, "microsaccade": found.microsaccades, "blink": found.blinks}
    events = tuple(
        _events(recording, found, (kind, spans[kind]), origin)
        for kind in detector.finds
        if kind in spans
    )
    return Detection(
        scanpath, events, found.samples, found.dropped, found.labels, found.speed_deg_s
    )


def detector_of(settings: DetectorSettings) -> Detector:
    """Return the detector that takes such settings."""
    for detector in DETECTORS:
        if type(settings) is detector.settings:
            return detector
    raise SettingsError(f"No detector takes {type(settings).__name__}.")


def fixation_properties(found: Found) -> Properties:
    """Measure the fixations."""
    return properties(found.signal, found.fixations, found.speed_deg_s)


def _fixates(detector: Detector) -> bool:
    return "fixation" in detector.finds


def _scanpath(
    recording: Recording, found: Found, origin: Origin, stimulus: Stimulus | None
) -> Scanpath:
    measured = fixation_properties(found)
    x_px = measured.x_deg * recording.px_per_deg
    y_px = measured.y_deg * recording.px_per_deg
    excluded = np.zeros(len(x_px), np.int8)
    if stimulus is not None:
        size = stimulus.width_px, stimulus.height_px
        excluded = exclusions(x_px, y_px, measured.duration_ms, *size)
    return Scanpath(
        recording.participant,
        recording.stimulus,
        x_px,
        y_px,
        measured.onset_ms,
        measured.duration_ms,
        excluded,
        trial=recording.trial,
        origin=origin,
    )


def _events(
    recording: Recording, found: Found, kind_spans: tuple[str, Spans], origin: Origin
) -> Events:
    kind, spans = kind_spans
    amplitude_deg = peak_velocity_deg_s = None
    if kind != "blink":
        measured = properties(found.signal, spans, found.speed_deg_s)
        amplitude_deg = measured.amplitude_deg
        peak_velocity_deg_s = measured.peak_velocity_deg_s
    return Events(
        recording.participant,
        recording.stimulus,
        kind,
        found.signal.t_ms[spans.start],
        found.signal.lasting_ms(spans),
        trial=recording.trial,
        amplitude_deg=amplitude_deg,
        peak_velocity_deg_s=peak_velocity_deg_s,
        origin=origin,
    )
