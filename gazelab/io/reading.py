"""What a reader returns: what one file or folder holds, before stimuli meet pictures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gazelab.data.attention import Attention
from gazelab.data.contract import Contract
from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.data.geometry import Placement
from gazelab.data.recording import Events, Recording
from gazelab.data.stimulus import Stimulus
from gazelab.io.mapping import Mapping as Columns

ROWS_READ = "rows read"
ROWS_REJECTED = "rows rejected"
"""Count of the lines that could not be used; with ": reason" behind it, one count each."""

SAMPLES_LOST = "samples lost"
"""Count of the samples without a position, which are kept; with ": reason" behind it."""

NO_POSITION = "no position"
"""Reason of a loss of which no more is told."""

SAMPLES_NOT_ASKED_FOR = "samples left out: not asked for"


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What a person wishes of a reader.

    mapping : how to read a table; None to guess.
    eye : "left", "right" or "mean" where there are both; "" for what the source suggests.
    samples : whether to keep gaze samples, which may be many.
    """

    mapping: Columns | None = None
    eye: str = ""
    samples: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of one source.

    stimuli : with absolute paths.
    recordings, scanpaths, events : stimulus names are as in the source; positions are as the
        contract says, and exclusions are not yet judged, since that needs the picture.
    placements : where the pictures were on the screen, for the trials of which it is told.
    contract : what positions and times mean, as far as it is known or can be guessed. Times
        are in ms already, if its clock is right.
    px_per_deg : of the stimulus; NaN unless the source or its documentation says it.
    counts, notes : for the `ImportRecord`.
    """

    stimuli: tuple[Stimulus, ...] = ()
    recordings: tuple[Recording, ...] = ()
    scanpaths: tuple[Scanpath, ...] = ()
    events: tuple[Events, ...] = ()
    attention: tuple[Attention, ...] = ()
    placements: Mapping[TrialKey, Placement] = field(default_factory=lambda: MappingProxyType({}))
    contract: Contract = Contract()
    px_per_deg: float = math.nan
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
