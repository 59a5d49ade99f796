"""The README of an export: what lies in the folder, for people."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from gazelab import __version__
from gazelab.data.contract import Contract
from gazelab.data.counted import counted
from gazelab.data.gaze import Origin
from gazelab.project.project import Project
from gazelab.report.exclusions import exclusion_lines
from gazelab.report.gaze_tables import settings_text
from gazelab.report.manifest import file_name
from gazelab.report.tables import MISSING, Table, harmless

_SIMULATED = """
> **Simulated.** At least some of the fixations were made up by a program, not recorded from
> people. They show what the program does and are evidence of nothing.
"""


def readme(
    project: Project, tables: Iterable[Table], figures: Sequence[str], quality: str = ""
) -> str:
    """Return the text of README.md; `quality` is the sentence on data quality."""
    lines = [f"# {_plain(project.title)}", "", f"Exported by GazeLab {__version__}."]
    if project.simulated:
        lines.append(_SIMULATED.rstrip())
    lines += ["", "## Files", ""]
    lines += [f"- `{table.file}`: {table.about}" for table in tables]
    lines += [f"- `{name}`: the stimulus with what people and models attended to."
              for name in figures]  # fmt: skip
    lines += [
        "- `data_dictionary.json`: type, unit and meaning of every column; definitions of the "
        "metrics.",
        "- `manifest.json`: versions, settings, inputs, models, and the SHA-256 of every file. "
        "It is written last: a folder without it is not complete.",
        "",
        "## How to read the tables",
        "",
        f"UTF-8, comma, decimal point. `{MISSING}` is an undefined number, never 0; an empty "
        "cell is a text that is not there. Positions are pixels from the top-left corner of the "
        "picture, x to the right, y down. Times are milliseconds.",
        "A text that a spreadsheet would take for a formula has an apostrophe in front.",
        "",
        "## What was read",
        "",
    ]
    lines += _inputs(project)
    if quality:
        lines += ["", "## Data quality", "", _plain(quality)]
    lines += ["", "## Settings", "", *_settings(project), ""]
    return "\n".join(lines)


def _inputs(project: Project) -> list[str]:
    lines = []
    for record in project.records:
        counts = ", ".join(f"{name}: {number}" for name, number in record.counts.items())
        lines.append(f"- {_plain(file_name(record.source))} ({record.reader}): {counts}")
        lines += [f"  - {_plain(note)}" for note in record.notes]
        if record.contract is not None:
            lines.append(f"  - {_plain(contract_line(record.contract))}")
    lines += [f"- {_plain(line)}" for line in exclusion_lines(project)]
    lines += [f"- {_plain(line)}" for line in _detector_lines(project)]
    return lines or ["Nothing was imported."]


def contract_line(contract: Contract) -> str:
    """Return what positions and times of a source were taken to mean, in one line."""
    screen = contract.screen
    parts = [
        f"positions are {contract.positions} from the {_ORIGINS[contract.origin]}",
        f"the first pixel is {contract.base}" if contract.positions.endswith("px") else "",
        f"the picture on the screen: {contract.placed}" if contract.on_screen else "",
        f"screen {screen.width_px:g} x {screen.height_px:g} px" if screen.has_size else "",
        f"{screen.width_mm:g} x {screen.height_mm:g} mm" if screen.width_mm > 0 else "",
        f"{screen.distance_mm:g} mm from the eyes" if screen.distance_mm > 0 else "",
        f"times are in {contract.clock} from the {_ZEROS[contract.zero]}",
    ]
    return f"Contract: {', '.join(part for part in parts if part)}."


_ORIGINS = {
    "top-left": "upper left corner",
    "bottom-left": "lower left corner, y upwards",
    "centre": "middle",
    "centre, y up": "middle, y upwards",
}
_ZEROS = {"stimulus": "onset of the picture", "first": "first sample or fixation of a trial"}


def _detector_lines(project: Project) -> list[str]:
    counts: Counter[Origin] = Counter()
    for path in project.scanpaths:
        if path.origin.settings:
            counts[Origin(path.origin.reader, settings=path.origin.settings)] += 1
    return [
        f"Fixations of {counted(number, 'trial')} were found by {origin.reader}: "
        f"{settings_text(origin)}"
        for origin, number in counts.items()
    ]


def _settings(project: Project) -> list[str]:
    settings, blur = project.settings, project.settings.blur
    known = not math.isnan(settings.px_per_deg)
    geometry = f"{settings.px_per_deg:g} pixels are one degree" if known else "not known"
    degrees = f" ({blur.sigma_deg:g} deg)" if known else ""
    weight = "its duration" if settings.weight_by_duration else "one"
    return [
        f"- Viewing geometry: {geometry}.",
        f"- Human density: Gaussian of {blur.sigma_px:g} pixels{degrees}; a fixation counts as "
        f"{weight}.",
        f"- Steps beside fixations: by {settings.alignment}."
        if settings.alignment != "unlinked"
        else "- Steps beside fixations: unlinked.",
        "- Each row of the scores says which blur and alignment it was computed with.",
    ]


def _plain(text: str) -> str:
    """Return a text of one line that Markdown shows as it is."""
    line = harmless(text).replace("\n", " ")
    return "".join(f"\\{mark}" if mark in "\\`*_[]<>#|" else mark for mark in line)
