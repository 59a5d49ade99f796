"""The readers of what the programs of eye trackers' makers export."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from gazelab.io.exports import read_export, sniff_export
from gazelab.io.gazeparser import read_gazeparser, sniff_gazeparser
from gazelab.io.gazepoint import read_gazepoint, sniff_gazepoint
from gazelab.io.presets import GAZEPOINT, PRESETS, TOBII_PRO_LAB
from gazelab.io.pupil import PUPIL_IDS, read_pupil, sniff_pupil, titles
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.smi import read_smi_events, sniff_smi_events
from gazelab.io.smi_raw import read_smi_raw, sniff_smi_raw
from gazelab.io.tobii_glasses import read_tobii_glasses, sniff_tobii_glasses
from gazelab.io.tobii_mapped import read_pro_lab
from gazelab.io.tobii_sdk import read_tobii_sdk, sniff_tobii_sdk
from gazelab.task import Task

Sniff = Callable[[Path], bool]
Read = Callable[[Path, ReadSettings], Task[Reading]]

VENDORS: tuple[tuple[str, str, Sniff, Read], ...] = (
    *((p.id, p.title, partial(sniff_export, p), partial(read_export, p)) for p in PRESETS),
    (TOBII_PRO_LAB.id, TOBII_PRO_LAB.title, partial(sniff_export, TOBII_PRO_LAB), read_pro_lab),
    *((id_, titles(id_), partial(sniff_pupil, id_), read_pupil) for id_ in PUPIL_IDS),
    (GAZEPOINT.id, GAZEPOINT.title, sniff_gazepoint, read_gazepoint),
    ("smi-events", "SMI events", sniff_smi_events, read_smi_events),
    ("smi-raw", "SMI BeGaze raw data", sniff_smi_raw, read_smi_raw),
    ("tobii-glasses-2", "Tobii Glasses 2 recording", sniff_tobii_glasses, read_tobii_glasses),
    ("tobii-sdk", "samples of the Tobii SDK (TSV)", sniff_tobii_sdk, read_tobii_sdk),
    ("gazeparser", "GazeParser data", sniff_gazeparser, read_gazeparser),
)
"""Id, title, what sniffs and what reads, in the order in which they are tried."""
