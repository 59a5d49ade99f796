"""Samples that the Tobii SDK gives, written as a table: both eyes as fractions of the screen."""

from functools import partial
from types import MappingProxyType

from gazelab.io.exports import read_export, sniff_export
from gazelab.io.preset import Place, Preset, Pupil, Valid

TOBII_SDK = Preset(
    id="tobii-sdk",
    title="samples of the Tobii SDK (TSV)",
    signature=("Time", "LGazePos2dx", "LGazePos2dy", "RGazePos2dx", "RGazePos2dy", "LValidity"),
    columns=MappingProxyType({"time": "Time"}),
    kinds=MappingProxyType({}),
    places=(
        Place(
            "screen fraction",
            left=("LGazePos2dx", "LGazePos2dy"),
            right=("RGazePos2dx", "RGazePos2dy"),
            note="Positions are fractions of the screen, whose size the file does not give.",
        ),
    ),
    participant=lambda path: path.stem,
    time_unit="us",
    valid=Valid(left="LValidity", right="RValidity", low=0, high=1, otherwise="validity above 1"),
    pupils=(Pupil("mm", "LPupilDm", "RPupilDm"),),
    notes=("The file does not say what was shown: that is called like the file.",),
)

sniff_tobii_sdk = partial(sniff_export, TOBII_SDK)
read_tobii_sdk = partial(read_export, TOBII_SDK)
