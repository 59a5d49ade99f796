"""The sample project: simulated viewers on drawn scenes, made by the normal import."""

from dataclasses import replace
from pathlib import Path

from gazelab import storage
from gazelab.data.gaze import Scanpath
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ReadError
from gazelab.paths import shipped
from gazelab.project import store
from gazelab.project.project import Addition, Project
from gazelab.study.importing import ImportPlan, Source, import_files
from gazelab.task import Step, Task

TITLE = "Sample (simulated)"
MODEL = "sam-s"
"""The model that the sample is shown with."""

SIMULATED = "simulated"
PX_PER_DEG = 24.0
_NOTE = "Simulated: drawn pictures and made-up viewers, not recorded from people."


def make_demo(folder: Path) -> Task[Project]:
    """Make the sample project in a folder, save it, and return it.

    The pictures are copied into the project, so that it can be moved as a whole. Everything
    of it is marked as simulated. When the task fails or is closed, the folder is removed.
    Raises ProjectError when something is in the folder already, and ReadError when the
    program's own files are missing.
    """
    project = store.create(folder, Project(title=TITLE))
    with storage.removed_on_failure(folder):
        pictures, table = yield from _copied(folder / "sample")
        plan = ImportPlan((Source(table),), folder, images=pictures, px_per_deg=PX_PER_DEG)
        addition = yield from import_files(plan, project)
        project = project.with_addition(_marked(addition))
        store.save(project, folder)
    return project


def _copied(folder: Path) -> Task[tuple[Path, Path]]:
    """Copy pictures and table of the sample; return their places."""
    source = shipped("resources") / "demo"
    files = [source / "fixations.csv", *sorted((source / "stimuli").glob("*.jpg"))]
    for done, path in enumerate(files):
        yield Step(done, len(files), "copying the sample")
        target = folder / path.relative_to(source)
        storage.make_folder(target.parent)
        storage.write_bytes(target, _content(path))
    return folder / "stimuli", folder / "fixations.csv"


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(
            "The sample that comes with GazeLab is not complete.", path, hint="Install it again."
        ) from error


def _marked(addition: Addition) -> Addition:
    """Return the addition with every part marked as simulated."""
    return replace(
        addition,
        stimuli=tuple(map(_marked_stimulus, addition.stimuli)),
        scanpaths=tuple(map(_marked_scanpath, addition.scanpaths)),
        records=tuple(replace(r, notes=(_NOTE, *r.notes)) for r in addition.records),
    )


def _marked_stimulus(stimulus: Stimulus) -> Stimulus:
    return replace(stimulus, labels=(*stimulus.labels, SIMULATED))


def _marked_scanpath(scanpath: Scanpath) -> Scanpath:
    return replace(scanpath, origin=replace(scanpath.origin, simulated=True))
