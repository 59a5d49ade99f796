"""The columns of events that GazeLab writes into a BIDS data set, beyond what BIDS describes."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

STIMULUS = "stimulus"
"""In the column `trial_type` of a row that presents one."""

EVENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "onset": ("Onset of the stimulus, from the first sample.", "s"),
        "duration": ("From the onset to the end of the last sample of the trial.", "s"),
        "trial_type": ("Each row presents a stimulus.", ""),
        "stim_file": ("File of the picture; n/a on an empty screen.", ""),
        "stimulus": ("Name of the stimulus.", ""),
        "trial": ("Name of the trial.", ""),
        "lead_in": ("Time before the onset that belongs to the trial.", "s"),
        "accuracy_deg": ("Mean error of the validation before the trial.", "degree"),
        "precision_deg": ("Precision of the samples as the tracker told it.", "degree"),
        "px_per_deg": ("Pixels of the stimulus in one degree of visual angle.", "pixel/degree"),
    }
)
"""Of `_events.tsv`: name -> description and unit."""

FOUND: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "onset": ("Onset in the clock of the samples.", "ms"),
        "duration": ("Duration.", "ms"),
        "trial_type": ("fixation, saccade, blink or microsaccade.", ""),
        "blink": ("1 while the eye was closed.", ""),
        "x_coordinate": ("Place of a fixation, as that of the samples.", "pixel"),
        "y_coordinate": ("Place of a fixation, as that of the samples.", "pixel"),
        "amplitude_deg": ("Amplitude of a saccade.", "degree"),
        "peak_velocity_deg_s": ("Peak velocity of a saccade.", "degree/s"),
        "source": ("The file format or detector it comes from.", ""),
        "excluded": ("Why a fixation takes no part in any measure; n/a if it does.", ""),
    }
)
"""Of `_physioevents.tsv.gz`: name -> description and unit."""


def described(columns: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """Return what a sidecar says of columns."""
    return {
        name: {"Description": description, **({"Units": unit} if unit else {})}
        for name, (description, unit) in columns.items()
    }
