"""Export the gaze of a project as a BIDS eye tracking data set."""

from pathlib import Path

from gazelab import storage
from gazelab.data.geometry import Screen
from gazelab.errors import SettingsError
from gazelab.io.bids_write import BidsContent, bids_files
from gazelab.project.project import Project
from gazelab.task import Step, Task


def export_bids(project: Project, outdir: Path) -> Task[Path]:
    """Write samples, fixations, saccades and blinks as BIDS 1.11 into a new folder; return it.

    outdir : made new; where it exists, `outdir-2`, `outdir-3` ... is made instead. Raises
    SettingsError without samples, WriteError; when the task fails or is closed, the folder is
    removed again.
    """
    if not project.recordings:
        raise SettingsError(
            "BIDS stores gaze samples, and the project has none.",
            "Import recordings with samples; fixations alone are in the other export.",
        )
    content = BidsContent(
        project.title,
        tuple(project.recordings.values()),
        project.scanpaths,
        project.events,
        project.stimuli,
        _screen(project),
        attributes=project.participant_attributes,
    )
    with storage.removed_on_failure(storage.fresh_folder(outdir)) as folder:
        for number, (name, data) in enumerate(bids_files(content)):
            yield Step(number, None, f"writing {name}")
            storage.make_folder((folder / name).parent)
            storage.write_bytes(folder / name, data)
    return folder


def _screen(project: Project) -> Screen:
    """Return the screen of all sources; unknown where they do not say the same."""
    told = {record.contract.screen for record in project.records if record.contract}
    known = [screen for screen in told if screen.has_size]
    return known[0] if len(known) == 1 else Screen()
