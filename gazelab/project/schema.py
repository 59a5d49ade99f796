"""What `project.json` holds: the shape of the file, checked when it is read.

Arrays lie beside it in .npy files that are named by their content; the entries here say
what is in them. NaN, which JSON does not know, is written as null.
"""

from typing import Annotated, Any, TypeAlias

import msgspec

SCHEMA = 1
"""Raised when an older GazeLab could no longer read the file rightly."""

Positive: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Shape: TypeAlias = tuple[
    Annotated[int, msgspec.Meta(ge=0)],
    Annotated[int, msgspec.Meta(ge=0)],
    Annotated[int, msgspec.Meta(ge=0)],
]


class StimulusEntry(msgspec.Struct, frozen=True):
    """One stimulus; see `gazelab.data.stimulus.Stimulus`."""

    id: str
    path: str
    width_px: Positive
    height_px: Positive
    sha256: str
    labels: tuple[str, ...] = ()


class OriginEntry(msgspec.Struct, frozen=True):
    """Where fixations come from; see `gazelab.data.gaze.Origin`."""

    reader: str
    source: str = ""
    synthetic_onsets: bool = False
    simulated: bool = False
    notes: tuple[str, ...] = ()
    settings: tuple[tuple[str, float], ...] = ()


class ScanpathGroup(msgspec.Struct, frozen=True):
    """The scanpaths of one origin.

    fixations : file with float64 (5, n): x, y, onset, duration, exclusion of each fixation.
    index : file with int64 (5, m), one column for each scanpath: participant, stimulus,
        trial (places in the three lists of words), number of fixations, and the place of
        the scanpath among all of the project.
    """

    fixations: str
    index: str
    origin: OriginEntry
    participants: tuple[str, ...]
    stimuli: tuple[str, ...]
    trials: tuple[str, ...]


class RecordingEntry(msgspec.Struct, frozen=True):
    """One recording in a group: its trial, number of samples, and what holds for all of them."""

    participant: str
    stimulus: str
    trial: str
    samples: Annotated[int, msgspec.Meta(ge=0)]
    has_pupil: bool = False
    pupil_unit: str = ""
    rate_hz: float | None = None
    eye: str = ""
    px_per_deg: float | None = None
    clock_ms: float | None = 0.0
    accuracy_deg: float | None = None
    precision_deg: float | None = None


class RecordingGroup(msgspec.Struct, frozen=True):
    """The recordings of one origin: a float64 file with time, x, y, and pupil of each in turn."""

    samples: str
    origin: OriginEntry
    items: tuple[RecordingEntry, ...]


class EventsEntry(msgspec.Struct, frozen=True):
    """Events of one kind in one trial: how many, and whether they are saccades with sizes."""

    participant: str
    stimulus: str
    trial: str
    kind: str
    number: Annotated[int, msgspec.Meta(ge=0)]
    has_sizes: bool = False


class EventsGroup(msgspec.Struct, frozen=True):
    """The events of one origin: float64 (4, n) with onset, duration, amplitude, peak velocity."""

    events: str
    origin: OriginEntry
    items: tuple[EventsEntry, ...]


class RuleEntry(msgspec.Struct, frozen=True):
    """One rule of exclusion; see `gazelab.data.exclusion.ExclusionRule`."""

    participant: str = ""
    stimulus: str = ""
    trial: str = ""
    what: str = "all"
    limit_ms: float | None = None
    reason: str = ""
    since: str = ""


class ScreenEntry(msgspec.Struct, frozen=True):
    """A screen; see `gazelab.data.geometry.Screen`. null where unknown."""

    width_px: float | None = None
    height_px: float | None = None
    width_mm: float | None = None
    height_mm: float | None = None
    distance_mm: float | None = None


class ContractEntry(msgspec.Struct, frozen=True):
    """What positions and times mean; see `gazelab.data.contract.Contract`."""

    positions: str
    origin: str
    base: int
    screen: ScreenEntry
    placed: str
    clock: str
    zero: str
    reasons: tuple[str, ...] = ()


class ExplanationEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a map was read out of a classifier; see `gazelab.data.attention.Explanation`."""

    method: str
    target: str = ""
    layer: str = ""
    class_name: str = ""
    model: str = ""


class MapsEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stack of maps in a group: its stimulus, shape (T, rows, columns) and steps."""

    stimulus: str
    shape: Shape
    steps: tuple[str, ...]
    note: str = ""
    parts: tuple[int, ...] = ()
    step_notes: tuple[str, ...] = ()
    explanation: ExplanationEntry | None = None


class MapsGroup(msgspec.Struct, frozen=True):
    """The maps of one source and kind, one after the other in a flat float32 file."""

    maps: str
    source: str
    kind: str
    items: tuple[MapsEntry, ...]


class ScoreGroup(msgspec.Struct, frozen=True, omit_defaults=True):
    """All scores: a file with float64 (fields, n) and, for text, the words it points to."""

    table: str
    fields: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    computed: "ComputedGroup | None" = None


class ComputedGroup(msgspec.Struct, frozen=True):
    """Rows to be used again: a table as of scores, and uint64 (n, 2) that tells their inputs."""

    rows: ScoreGroup
    fingerprints: str


class AttributesEntry(msgspec.Struct, frozen=True):
    """Attributes of participants or stimuli; see `gazelab.data.attributes.Attributes`."""

    names: tuple[str, ...] = ()
    rows: dict[str, tuple[str, ...]] = {}


class RecordEntry(msgspec.Struct, frozen=True):
    """One import; see `gazelab.project.project.ImportRecord`."""

    source: str
    reader: str
    sha256: str
    counts: dict[str, int]
    notes: tuple[str, ...] = ()
    contract: ContractEntry | None = None


class SettingsEntry(msgspec.Struct, frozen=True):
    """Settings of the study; see `gazelab.project.project.Settings`."""

    px_per_deg: float | None = None
    sigma_deg: float = 1.0
    sigma_px: float = 24.0
    weight_by_duration: bool = False
    alignment: str = "index"


class AoiEntry(msgspec.Struct, frozen=True):
    """One area of interest; see `gazelab.data.aoi.Aoi`."""

    stimulus: str
    name: str
    corners_px: tuple[tuple[float, float], ...]


class ProjectFile(msgspec.Struct, frozen=True):
    """The whole of `project.json`, without the keys that only a newer GazeLab knows."""

    schema: int
    title: str
    settings: SettingsEntry = SettingsEntry()
    stimuli: tuple[StimulusEntry, ...] = ()
    recordings: tuple[RecordingGroup, ...] = ()
    scanpaths: tuple[ScanpathGroup, ...] = ()
    set_aside: tuple[ScanpathGroup, ...] = ()
    events: tuple[EventsGroup, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    attention: tuple[MapsGroup, ...] = ()
    scores: ScoreGroup | None = None
    aois: tuple[AoiEntry, ...] = ()
    records: tuple[RecordEntry, ...] = ()
    participant_attributes: AttributesEntry = AttributesEntry()
    stimulus_attributes: AttributesEntry = AttributesEntry()


def unknown_keys(content: dict[str, Any]) -> dict[str, Any]:
    """Return what this version does not know of a decoded `project.json`, to be kept."""
    unknown = {k: v for k, v in content.items() if k not in ProjectFile.__struct_fields__}
    settings = content.get("settings") or {}
    known = SettingsEntry.__struct_fields__
    if rest := {key: value for key, value in settings.items() if key not in known}:
        unknown["settings"] = rest
    return unknown


def with_unknown_keys(content: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
    """Return the content to be written, with what an earlier read did not know put back."""
    settings = unknown.get("settings", {})
    rest = {key: value for key, value in unknown.items() if key != "settings"}
    return {**content, **rest, "settings": {**content["settings"], **settings}}
