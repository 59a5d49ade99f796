"""Export a project: tables, their dictionary, a manifest and a README, in a new folder."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from gazelab import storage
from gazelab.data.recording import Recording
from gazelab.project.project import Project
from gazelab.report.areas import area_tables
from gazelab.report.baselines import baselines_in
from gazelab.report.contents import tables_of
from gazelab.report.dictionary import data_dictionary
from gazelab.report.gaze_tables import sample_file, sample_table
from gazelab.report.manifest import manifest
from gazelab.report.readme import readme
from gazelab.report.sample_files import write_samples
from gazelab.report.tables import csv_of
from gazelab.study.areas import measure_areas
from gazelab.study.quality import study_quality
from gazelab.task import Step, Task

Figures: TypeAlias = Callable[[Project, Path, Path], None]
"""Draws pictures of (project, project folder) into a folder."""

_OTHER_STEPS = 3  # pictures, words, manifest


def export(
    project: Project,
    project_folder: Path,
    outdir: Path,
    *,
    figures: Figures | None = None,
    samples: bool = False,
) -> Task[Path]:
    """Write everything a reader needs into a new folder and return it.

    outdir : made new; where it exists, `outdir-2`, `outdir-3` ... is made instead.
    samples : also write every sample, which may take long and much room.

    Raises WriteError. When the task fails or is closed, the folder is removed again.
    """
    with storage.removed_on_failure(storage.fresh_folder(outdir)) as folder:
        quality = yield from study_quality(project)
        tables = tables_of(project, quality, samples=samples)
        if project.aois:
            areas = yield from measure_areas(project)
            tables = (*tables, *area_tables(areas))
        total = len(tables) + _OTHER_STEPS
        for done, table in enumerate(tables):
            yield Step(done, total, f"writing {table.file}")
            storage.write_text(folder / table.file, csv_of(table))
        if samples and project.recordings:
            yield from _write_samples(folder, tuple(project.recordings.values()))
            tables = (*tables, sample_table())
        written = set(_files(folder))
        if figures is not None:
            yield Step(len(tables), total, "drawing pictures")
            figures(project, project_folder, folder)
        pictures = [name for name in _files(folder) if name not in written]
        yield Step(len(tables) + 1, total, "describing the files")
        used = (score.metric for score in project.scores)
        described = data_dictionary(tables, used, baselines_in(project.scores))
        storage.write_json(folder / "data_dictionary.json", described)
        text = readme(project, tables, pictures, quality.sentence)
        storage.write_text(folder / "README.md", text)
        yield Step(len(tables) + 2, total, "writing the manifest")
        storage.write_json(folder / "manifest.json", manifest(project, folder, _files(folder)))
    return folder


def _write_samples(folder: Path, recordings: tuple[Recording, ...]) -> Task[None]:
    done, total = 0, sum(map(len, recordings))
    for number, recording in enumerate(recordings, 1):
        name = sample_file(number)
        yield Step(done, total, f"writing {name}")
        for written in write_samples(folder / name, recording):
            yield Step(done + written, total, f"writing {name}")
        done += len(recording)


def _files(folder: Path) -> list[str]:
    """Return the names of all files in a folder, with forward slashes, sorted."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)
