"""The verb import: files into a project, with what is to be taken otherwise than guessed."""

import argparse
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress
from gazelab.cli.project import dropped_maps, project_folder
from gazelab.data.counted import counted
from gazelab.errors import ReadError, SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.data.contract import Contract
    from gazelab.io.mapping import Mapping as Columns
    from gazelab.io.readers import Reader
    from gazelab.io.reading import Reading
    from gazelab.project.project import ImportRecord, Project
    from gazelab.study.importing import Source
    from gazelab.study.placing import Links

_NAMES_SHOWN = 10
_LARGEST = 100_000.0
"""Pixels or mm of a screen that can be meant."""


def import_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Read sources into a project, new or old; save it only when all could be read."""
    from gazelab.project import store
    from gazelab.project.project import Project
    from gazelab.study.importing import ImportPlan, Source, import_files
    from gazelab.study.placing import names_in

    folder = project_folder(arguments.project, new=True)
    old = store.is_project(folder)
    project = store.load(folder) if old else Project(title=folder.name.removesuffix(store.SUFFIX))
    known, scored = len(project.records), len(project.scores)
    maps_of_people = dropped_maps(project)
    images = Path(arguments.images) if arguments.images else None
    plan = ImportPlan((), folder, images, _px_per_deg(arguments), _links(arguments))
    skipped: list[str] = []
    said: list[str] = []
    names: set[str] = set()
    paths = _expanded(arguments, skipped, progress)
    if not paths and (images is not None or plan.px_per_deg is None):
        project = project.with_addition(finish(import_files(plan, project), progress))
    elif not paths:
        project = _rescaled(project, plan.px_per_deg or math.nan, said)
    for path in paths:
        source, reading = _read(Source(path, arguments.format), paths, arguments, progress)
        names |= names_in(reading)
        task = import_files(replace(plan, sources=(source,)), project, {path: reading})
        project = project.with_addition(finish(task, progress))
        plan = replace(plan, images=None)
    said += _unused_links(arguments, plan.links, names)
    said += maps_of_people if not dropped_maps(project) else []
    if old:
        store.save(project, folder)
    else:
        store.create(folder, project)
    dropped = scored - len(project.scores)
    return _outcome(folder, project, project.records[known:], dropped, (skipped, said))


def _expanded(
    arguments: argparse.Namespace, skipped: list[str], progress: Progress
) -> tuple[Path, ...]:
    """Return the sources, with those in folders that no reader knows as a whole.

    What is not read in such folders goes to `skipped`, with the reason.
    """
    from gazelab.study.sources import expand

    paths = tuple(map(Path, arguments.sources))
    if arguments.format or not any(path.is_dir() for path in paths):
        return paths
    found = finish(expand(paths), progress)
    skipped += [f"{item.path}: {item.problem}" for item in found if not item.formats]
    return tuple(item.path for item in found if item.formats or item.path in paths)


def _rescaled(project: "Project", px_per_deg: float, said: list[str]) -> "Project":
    """Return a project with other pixels in one degree; what that means goes to `said`."""
    before = project.settings.px_per_deg
    then = "not known" if math.isnan(before) else f"{before:g}"
    said.append(f"One degree has {px_per_deg:g} pixels from now on; until now it was {then}.")
    own = sum(not math.isnan(item.px_per_deg) for item in project.recordings.values())
    if own:
        many = "recordings have their own and keep them"
        said.append(f"{counted(own, 'recording has its own and keeps it', many)}.")
    return project.with_settings(replace(project.settings, px_per_deg=px_per_deg))


def _read(
    source: "Source", paths: Iterable[Path], arguments: argparse.Namespace, progress: Progress
) -> "tuple[Source, Reading]":
    """Return how one source is to be taken, and what it holds. paths : of all sources."""
    from gazelab.io.reading import ReadSettings
    from gazelab.study.importing import reader_of
    from gazelab.study.participants import after_folder

    reader = reader_of(source)
    mapping, kept = _columns(source.path, reader, arguments)
    settings = ReadSettings(mapping, arguments.eye)
    reading = finish(reader.read(source.path, settings), progress)
    contract = _contract(kept or reading.contract, arguments)
    _save_preset(source.path, reader, settings.mapping, contract, arguments)
    participant = arguments.participant or after_folder(source.path, reading, paths)
    source = replace(source, format=reader.id, settings=settings, contract=contract)
    return replace(source, participant=participant), reading


def _px_per_deg(arguments: argparse.Namespace) -> float | None:
    px_per_deg: float | None = arguments.px_per_degree
    if px_per_deg is not None and not 0 < px_per_deg < math.inf:
        raise SettingsError("--px-per-degree must be a number more than 0.")
    return px_per_deg


def _columns(
    path: Path, reader: "Reader", arguments: argparse.Namespace
) -> "tuple[Columns | None, Contract | None]":
    """Return the guess for a table, or a preset, with the corrections of the command line.

    Of a preset also the contract. None where nothing is said.
    """
    from gazelab.io.mapping import mapping_settings
    from gazelab.io.saved_presets import load_preset

    if not (arguments.column or arguments.table or arguments.preset):
        return None, None
    guess = _guess(path, reader)
    kept = load_preset(arguments.preset) if arguments.preset else None
    settings: dict[str, Any] = mapping_settings(_pairs(arguments.table, "--table"))
    mapping = replace(kept.mapping_for(path) if kept else guess(path), **settings)
    columns = _pairs(arguments.column, "--column")
    mapping = mapping.with_columns(**{role: name or None for role, name in columns.items()})
    return mapping, kept.contract if kept else None


def _guess(path: Path, reader: "Reader") -> "Callable[[Path], Columns]":
    """Return how a reader guesses columns. Raises SettingsError where they are known."""
    if reader.guess is None:
        raise SettingsError(
            f"{path.name} is read as {reader.title}, whose columns are known: --column, --table "
            "and presets do not apply.",
            "Give --format table to read it as any other table.",
        )
    return reader.guess


def _save_preset(
    path: Path,
    reader: "Reader",
    mapping: "Columns | None",
    contract: "Contract",
    arguments: argparse.Namespace,
) -> None:
    """Keep how a table was read, if that is wished."""
    from gazelab.io.saved_presets import save_preset

    if arguments.save_preset:
        save_preset(arguments.save_preset, mapping or _guess(path, reader)(path), contract, path)


def _contract(guess: "Contract", arguments: argparse.Namespace) -> "Contract":
    """Return the guess of a reader with the corrections of the command line."""
    from gazelab.data.contract import CHOICES
    from gazelab.io.mapping import contract_settings

    told = contract_settings(_pairs(arguments.table, "--table"))
    changes: dict[str, Any] = told | _pairs(arguments.contract, "--contract")
    _check_names(changes, CHOICES, "--contract")
    screen = guess.screen
    if arguments.screen:
        width, height = _size(arguments.screen, "--screen")
        screen = replace(screen, width_px=width, height_px=height)
    if arguments.screen_mm:
        width, height = _size(arguments.screen_mm, "--screen-mm")
        screen = replace(screen, width_mm=width, height_mm=height)
    if arguments.distance_mm is not None:
        if not 0 < arguments.distance_mm < math.inf:
            raise SettingsError("--distance-mm must be a number more than 0.")
        screen = replace(screen, distance_mm=arguments.distance_mm)
    changed = replace(guess, screen=screen, **_with_base(changes))
    return changed if changed == guess else replace(changed, reasons=_reasons(guess, arguments))


def _reasons(guess: "Contract", arguments: argparse.Namespace) -> tuple[str, ...]:
    """Return the reasons of a guess, with what was said on the command line against it."""
    told = [
        f"{name} {value}"
        for name, value in (
            ("screen", arguments.screen),
            ("screen in mm", arguments.screen_mm),
            ("distance in mm", arguments.distance_mm),
        )
        if value
    ]
    told += [text.replace("=", " ") for text in (*arguments.table, *arguments.contract)]
    return (*guess.reasons, f"Said on import: {', '.join(told)}.")


def _with_base(settings: dict[str, Any]) -> dict[str, Any]:
    """Return settings of the command line with the number of the first pixel as a number."""
    base = str(settings.get("base", ""))
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
    if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
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
    except FileNotFoundError as error:
        raise ReadError("There is no such file of links.", path) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ReadError(f"Could not be read ({error}).", path) from error
    for line, row in enumerate(rows, 1):
        if row and len(row) != 2:
            raise ReadError("A link is a name and a picture.", path, line, "Write name,picture.")
    return {row[0].strip(): row[1].strip() for row in rows if row}


def _unused_links(
    arguments: argparse.Namespace, links: "Links", names: Collection[str]
) -> list[str]:
    """Return a line on links in a file that no source needs.

    Raises SettingsError for one of the command line: its name is misspelt.
    """
    import difflib

    for name, _ in (_pair(text, "--link") for text in arguments.link):
        if name not in names:
            near = difflib.get_close_matches(name, names, 3) or sorted(names)[:_NAMES_SHOWN]
            raise SettingsError(
                f"--link {name}: no source has this name.", f"Names in them: {', '.join(near)}."
            )
    unused = [name for name in links.pictures if name not in names]
    return [f"Links of names that no source has: {', '.join(unused)}."] if unused else []


def _pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    return dict(_pair(text, option) for text in texts)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise SettingsError(f"{option} {text}: expected NAME=VALUE.")
    return name, value


def _outcome(
    folder: Path,
    project: "Project",
    records: "Iterable[ImportRecord]",
    dropped: int,
    told: tuple[list[str], list[str]],
) -> Outcome:
    """Return what came of it. told : what was not read, and what else is to be said."""
    from gazelab.study.importing import describe

    records = list(records)
    lines = [line for record in records for line in describe(record)]
    skipped, said = told
    lines += [*(f"Not read: {line}" for line in skipped), *said]
    now: dict[str, Any] = {
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
        f"{folder} now has {counted(now['stimuli'], 'stimulus', 'stimuli')}, "
        f"{counted(now['participants'], 'participant')}, {counted(now['samples'], 'sample')}, "
        f"{counted(now['scanpaths'], 'scanpath')} and {counted(now['fixations'], 'fixation')}."
    )
    if dropped:
        lines.append(f"{dropped:,} scores no longer hold and were dropped: score again.")
    data = {
        "project": str(folder),
        "imports": [_as_data(record) for record in records],
        "now": now,
        "scores_dropped": dropped,
        "not_read": skipped,
        "said": said,
    }
    return Outcome(lines, data)


def _as_data(record: "ImportRecord") -> dict[str, Any]:
    """Return an import for JSON: what was kept, rejected and excluded, and by which contract."""
    from dataclasses import asdict

    counts = record.counts
    return {
        "source": record.source,
        "format": record.reader,
        "sha256": record.sha256,
        **{kind: counts.get(kind, 0) for kind in ("samples", "fixations", "saccades", "blinks")},
        "rows_read": counts.get("rows read"),
        "rejected": _rejected(counts),
        "excluded": _after("excluded: ", counts),
        "counts": dict(counts),
        "contract": record.contract and asdict(record.contract),
        "notes": list(record.notes),
    }


def _rejected(counts: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """Return the counts of what was rejected: "rows", "samples", ... -> reason -> number."""
    kinds = dict.fromkeys(
        name.partition(" rejected: ")[0] for name in counts if " rejected: " in name
    )
    return {kind: _after(f"{kind} rejected: ", counts) for kind in kinds}


def _after(start: str, counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts whose names begin so, by what follows."""
    return {name.removeprefix(start): n for name, n in counts.items() if name.startswith(start)}
