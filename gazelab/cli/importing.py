"""The verb import: files into a project, with what is to be taken otherwise than guessed."""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress
from gazelab.cli.project import project_folder
from gazelab.errors import ReadError, SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.data.contract import Contract
    from gazelab.io.mapping import Mapping as Columns
    from gazelab.io.readers import Reader
    from gazelab.project.project import Addition, ImportRecord, Project
    from gazelab.study.importing import ImportPlan, Source
    from gazelab.study.placing import Links


def import_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Read sources into a project, new or old; save it only when all could be read."""
    from gazelab.project import store
    from gazelab.project.project import Project
    from gazelab.study.importing import ImportPlan, Source

    folder = project_folder(arguments.project, new=True)
    old = store.is_project(folder)
    project = store.load(folder) if old else Project(title=folder.name.removesuffix(store.SUFFIX))
    known, scored = len(project.records), len(project.scores)
    images = Path(arguments.images) if arguments.images else None
    plan = ImportPlan((), folder, images, _px_per_deg(arguments), _links(arguments))
    for path in map(Path, arguments.sources):
        source = Source(path, arguments.format)
        project = project.with_addition(_read(source, plan, project, arguments, progress))
        plan = replace(plan, images=None)
    if old:
        store.save(project, folder)
    else:
        store.create(folder, project)
    dropped = scored - len(project.scores)
    return _outcome(folder, project, project.records[known:], dropped)


def _read(
    source: "Source",
    plan: "ImportPlan",
    project: "Project",
    arguments: argparse.Namespace,
    progress: Progress,
) -> "Addition":
    """Return what one source adds to a project."""
    from gazelab.io.reading import ReadSettings
    from gazelab.study.importing import import_files, reader_of

    reader = reader_of(source)
    settings = ReadSettings(_columns(source.path, reader, arguments), arguments.eye)
    reading = finish(reader.read(source.path, settings), progress)
    contract = _contract(reading.contract, arguments)
    source = replace(source, format=reader.id, settings=settings, contract=contract)
    task = import_files(replace(plan, sources=(source,)), project, {source.path: reading})
    return finish(task, progress)


def _px_per_deg(arguments: argparse.Namespace) -> float | None:
    px_per_deg: float | None = arguments.px_per_degree
    if px_per_deg is not None and not px_per_deg > 0:
        raise SettingsError("--px-per-degree must be more than 0.")
    return px_per_deg


def _columns(path: Path, reader: "Reader", arguments: argparse.Namespace) -> "Columns | None":
    """Return the guess for a table with the corrections of the command line; None without."""
    from gazelab.io.mapping import CHOICES

    if not (arguments.column or arguments.table):
        return None
    if reader.guess is None:
        raise SettingsError(
            f"{path.name} is read as {reader.title}, whose columns are known: --column and "
            "--table do not apply.",
            "Give --format table to read it as any other table.",
        )
    settings: dict[str, Any] = dict(_pair(text, "--table") for text in arguments.table)
    _check_names(settings, (*CHOICES, "participant", "stimulus"), "--table")
    mapping = replace(reader.guess(path), **_with_base(settings))
    columns = dict(_pair(text, "--column") for text in arguments.column)
    return mapping.with_columns(**{role: name or None for role, name in columns.items()})


def _contract(guess: "Contract", arguments: argparse.Namespace) -> "Contract":
    """Return the guess of a reader with the corrections of the command line."""
    from gazelab.data.contract import CHOICES

    changes: dict[str, Any] = dict(_pair(text, "--contract") for text in arguments.contract)
    _check_names(changes, CHOICES, "--contract")
    screen = guess.screen
    if arguments.screen:
        width, height = _size(arguments.screen, "--screen")
        screen = replace(screen, width_px=width, height_px=height)
    if arguments.screen_mm:
        width, height = _size(arguments.screen_mm, "--screen-mm")
        screen = replace(screen, width_mm=width, height_mm=height)
    if arguments.distance_mm:
        screen = replace(screen, distance_mm=arguments.distance_mm)
    return replace(guess, screen=screen, **_with_base(changes))


def _with_base(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings of the command line with the number of the first pixel as a number."""
    base = settings.get("base", "")
    return settings | {"base": int(base)} if base.isdecimal() else settings


def _check_names(settings: Mapping[str, Any], allowed: Iterable[str], option: str) -> None:
    for name in settings:
        if name not in allowed:
            raise SettingsError(f"{option} has no setting {name}.", f"Known: {', '.join(allowed)}.")


def _size(text: str, option: str) -> tuple[float, float]:
    try:
        width, height = map(float, text.lower().split("x"))
    except ValueError:
        width = height = 0.0
    if not (width > 0 and height > 0):
        raise SettingsError(f"{option} {text}: expected WIDTHxHEIGHT, such as 1280x1024.")
    return width, height


def _links(arguments: argparse.Namespace) -> "Links":
    """Return which pictures the names in the sources mean."""
    from gazelab.study.placing import Links

    pictures = dict(_pair(text, "--link") for text in arguments.link)
    if arguments.links:
        pictures = _links_in(Path(arguments.links)) | pictures
    return Links(pictures, arguments.empty_screen)


def _links_in(path: Path) -> dict[str, str]:
    """Return the links in a table of names and pictures. Raises ReadError with the line."""
    import csv

    try:
        rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReadError(f"Could not be read ({error}).", path) from error
    for line, row in enumerate(rows, 1):
        if row and len(row) != 2:
            raise ReadError("A link is a name and a picture.", path, line, "Write name,picture.")
    return {row[0].strip(): row[1].strip() for row in rows if row}


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise SettingsError(f"{option} {text}: expected NAME=VALUE.")
    return name, value


def _outcome(
    folder: Path, project: "Project", records: "Iterable[ImportRecord]", dropped: int
) -> Outcome:
    from gazelab.study.importing import describe

    records = list(records)
    lines = [line for record in records for line in describe(record)]
    now = {
        "stimuli": len(project.stimuli),
        "participants": len(project.participants),
        "recordings": len(project.recordings),
        "samples": sum(map(len, project.recordings.values())),
        "scanpaths": len(project.scanpaths),
        "fixations": sum(map(len, project.scanpaths)),
        "maps": len(project.attention),
        "px_per_degree": project.settings.px_per_deg,
    }
    lines.append(
        f"{folder} now has {now['stimuli']:,} stimuli, {now['participants']:,} participants, "
        f"{now['samples']:,} samples, {now['scanpaths']:,} scanpaths and "
        f"{now['fixations']:,} fixations."
    )
    if dropped:
        lines.append(f"{dropped:,} scores no longer hold and were dropped: score again.")
    data = {
        "project": str(folder),
        "imports": [_as_data(record) for record in records],
        "now": now,
        "scores_dropped": dropped,
    }
    return Outcome(lines, data)


def _as_data(record: "ImportRecord") -> dict[str, Any]:
    """Return an import for JSON: what was kept, rejected and excluded, and by which contract."""
    from dataclasses import asdict

    counts = record.counts
    kept = ("samples", "fixations", "saccades", "blinks", "rows read")
    return {
        "source": record.source,
        "format": record.reader,
        "sha256": record.sha256,
        **{name.replace(" ", "_"): counts.get(name, 0) for name in kept},
        "rejected": _by_reason(counts, "rejected"),
        "excluded": _by_reason(counts, "excluded"),
        "counts": dict(counts),
        "contract": record.contract and asdict(record.contract),
        "notes": list(record.notes),
    }


def _by_reason(counts: Mapping[str, int], word: str) -> dict[str, int]:
    """Return the counts that are of something rejected or excluded, by what and why."""
    return {
        name.replace(f"{word}: ", "") if name.startswith(word) else name: number
        for name, number in counts.items()
        if f"{word}: " in name
    }
