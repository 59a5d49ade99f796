"""Import: recordings, pictures and maps become an addition to a project."""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.gaze import Exclusion, Scanpath, exclusions
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ReadError, SettingsError
from gazelab.io.images import read_images
from gazelab.io.mapping import Mapping
from gazelab.io.readers import Reader, reader_named, sniff
from gazelab.io.reading import Placement, Reading
from gazelab.project.project import Addition, ImportRecord, Project
from gazelab.project.store import relative_path
from gazelab.storage import sha256_of
from gazelab.study.matching import Pictures
from gazelab.task import Step, Task

_SOME_SCANPATHS = 1000
_NAMES_SHOWN = 10
_ASPECT_TOLERANCE = 0.02
_OFF_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What to import, decided before anything changes.

    sources : recordings, folders of pictures or of maps.
    images : folder of the pictures the recordings refer to; None when the project has them.
    format : id of the reader for all sources; None to judge each by its content.
    mapping : how to read tables; None to guess.
    px_per_deg : pixels in one degree of visual angle; None to take what the source says.
    project_folder : the folder from which the paths of pictures count.
    """

    sources: tuple[Path, ...]
    project_folder: Path
    images: Path | None = None
    format: str | None = None
    mapping: Mapping | None = None
    px_per_deg: float | None = None


def import_files(plan: ImportPlan, project: Project) -> Task[Addition]:
    """Read all sources of a plan and return what they add to the project.

    Each source gets an `ImportRecord`. Scanpaths and maps whose picture is not known are
    left out, counted and named. Raises ReadError or SettingsError; nothing is added then.
    """
    if not plan.sources and plan.images is None:
        raise SettingsError("There is nothing to import.", "Name a file, or a folder of pictures.")
    addition = Addition()
    if plan.images is not None:
        if not plan.images.is_dir():
            raise ReadError("There is no such folder of pictures.", plan.images)
        reading = yield from read_images(plan.images)
        addition = _added(plan, project, addition, plan.images, "images", reading)
    for source in plan.sources:
        reader = _reader(plan, source)
        reading = yield from reader.read(source, plan.mapping)
        yield Step(0, None, "matching pictures")
        addition = _added(plan, project, addition, source, reader.id, reading)
    return addition


def describe(record: ImportRecord) -> list[str]:
    """Return an import in lines of plain text: what was read, rejected and excluded."""
    lines = [f"{record.source} ({record.reader})"]
    lines += [f"  {number:,} {name}" for name, number in record.counts.items()]
    return lines + [f"  {note}" for note in record.notes]


def _reader(plan: ImportPlan, source: Path) -> Reader:
    if not source.exists():
        raise ReadError("There is no such file or folder.", source)
    return sniff(source) if plan.format is None else reader_named(plan.format)


def _added(
    plan: ImportPlan,
    project: Project,
    addition: Addition,
    source: Path,
    reader: str,
    reading: Reading,
) -> Addition:
    """Return the addition with one more source in it."""
    stimuli = tuple(
        replace(stimulus, path=relative_path(Path(stimulus.path), plan.project_folder))
        for stimulus in reading.stimuli
    )
    merged = project.with_addition(addition)
    _refuse_other_content(stimuli, merged, source)
    pictures = Pictures({**merged.stimuli, **{s.id: s for s in stimuli}}.values())
    counts: Counter[str] = Counter()
    notes = list(reading.notes)
    scanpaths = _matched_scanpaths(reading, pictures, counts, notes)
    attention = _matched_maps(reading.attention, pictures, counts, notes)
    if not (stimuli or scanpaths or attention):
        raise _nothing_matched(reading, source, bool(merged.stimuli))
    px_per_deg = reading.px_per_deg if plan.px_per_deg is None else plan.px_per_deg
    kept = merged.settings.px_per_deg
    if not math.isnan(kept) and not math.isnan(px_per_deg) and kept != px_per_deg:
        notes.append(
            f"The project has {kept:g} pixels in one degree and keeps them; this source has "
            f"{px_per_deg:g}."
        )
    _count(counts, stimuli, scanpaths, attention)
    _count_replaced(counts, merged, scanpaths, attention)
    record = ImportRecord(
        source=source.name,
        reader=reader,
        sha256=sha256_of(source) if source.is_file() else "",
        counts=MappingProxyType({**counts, **reading.counts}),
        notes=tuple(notes),
    )
    return Addition(
        stimuli=addition.stimuli + stimuli,
        scanpaths=addition.scanpaths + scanpaths,
        attention=addition.attention + attention,
        records=(*addition.records, record),
        px_per_deg=px_per_deg if math.isnan(addition.px_per_deg) else addition.px_per_deg,
    )


def _refuse_other_content(stimuli: Iterable[Stimulus], project: Project, source: Path) -> None:
    """Raise when a picture of the same name but other content is in the project.

    Its fixations would silently belong to another picture.
    """
    for stimulus in stimuli:
        known = project.stimuli.get(stimulus.id)
        if known is not None and known.sha256 != stimulus.sha256:
            raise ReadError(
                f"The project already has another picture named {stimulus.id}.",
                source,
                hint="Rename one of them, or start another project.",
            )


def _matched_scanpaths(
    reading: Reading, pictures: Pictures, counts: Counter[str], notes: list[str]
) -> tuple[Scanpath, ...]:
    """Return the scanpaths whose picture is known, in its pixels and with exclusions."""
    found = {name: pictures.named(name) for name in _names(reading.scanpaths)}
    taken = []
    placements = reading.placements or [None] * len(reading.scanpaths)
    for scanpath, placement in zip(reading.scanpaths, placements, strict=True):
        stimulus = found[scanpath.stimulus]
        if stimulus is None:
            counts["scanpaths rejected: no picture"] += 1
        else:
            taken.append(_on_stimulus(scanpath, stimulus, reading, placement))
    _name_unmatched([name for name, stimulus in found.items() if stimulus is None], counts, notes)
    total = sum(map(len, taken))
    off = sum(int((path.exclusion == Exclusion.OFF_STIMULUS).sum()) for path in taken)
    if off > _OFF_SHARE * total:
        notes.append(
            f"{100 * off / total:.0f} % of the fixations lie off their picture: are they in "
            "pixels of the screen, or of a picture of another size?"
        )
    return tuple(taken)


def _on_stimulus(
    scanpath: Scanpath, stimulus: Stimulus, reading: Reading, placement: Placement | None
) -> Scanpath:
    x_px, y_px = scanpath.x_px, scanpath.y_px
    if placement is not None:
        x_px, y_px = placement.on_picture(x_px, y_px, stimulus)
    if reading.normalised:
        x_px, y_px = x_px * stimulus.width_px, y_px * stimulus.height_px
    if reading.y_up:
        y_px = stimulus.height_px - y_px
    return replace(
        scanpath,
        stimulus=stimulus.id,
        x_px=x_px,
        y_px=y_px,
        exclusion=exclusions(
            x_px, y_px, scanpath.duration_ms, stimulus.width_px, stimulus.height_px
        ),
    )


def _matched_maps(
    maps: tuple[Attention, ...], pictures: Pictures, counts: Counter[str], notes: list[str]
) -> tuple[Attention, ...]:
    """Return the maps whose picture is known; the first where several are for one picture."""
    taken: dict[str, Attention] = {}
    unmatched, distorted = [], []
    for attention in maps:
        stimulus = pictures.named(attention.stimulus)
        if stimulus is None:
            unmatched.append(attention.stimulus)
            counts["maps rejected: no picture"] += 1
        elif stimulus.id in taken:
            counts["maps rejected: a second one for the picture"] += 1
        else:
            rows, columns = attention.maps.shape[1:]
            aspect = columns / rows * stimulus.height_px / stimulus.width_px
            if abs(math.log(aspect)) > _ASPECT_TOLERANCE:
                distorted.append(attention.stimulus)
            taken[stimulus.id] = replace(attention, stimulus=stimulus.id)
    _name_unmatched(unmatched, counts, notes)
    if distorted:
        counts["maps of another shape than their picture"] = len(distorted)
        notes.append(
            "Maps are taken to cover the whole picture, but some have another ratio of width "
            f"to height: {_listed(distorted)}."
        )
    return tuple(taken.values())


def _name_unmatched(names: list[str], counts: Counter[str], notes: list[str]) -> None:
    if names:
        counts["names without a picture"] += len(names)
        notes.append(f"No picture, or more than one, for: {_listed(names)}.")


def _nothing_matched(reading: Reading, source: Path, has_pictures: bool) -> ReadError:
    names = [*_names(reading.scanpaths), *(item.stimulus for item in reading.attention)]
    hint = "Give the folder of the pictures." if not has_pictures else "Are these the right ones?"
    return ReadError(
        f"None of the {len(names)} names in it has a picture: {_listed(names)}.", source, hint=hint
    )


def _names(scanpaths: Iterable[Scanpath]) -> list[str]:
    return list(dict.fromkeys(scanpath.stimulus for scanpath in scanpaths))


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _count(
    counts: Counter[str],
    stimuli: Collection[Stimulus],
    scanpaths: Collection[Scanpath],
    attention: Collection[Attention],
) -> None:
    if stimuli:
        counts["stimuli"] = len(stimuli)
    if attention:
        counts["maps"] = len(attention)
    if not scanpaths:
        return
    counts["participants"] = len({path.participant for path in scanpaths})
    counts["scanpaths"] = len(scanpaths)
    counts["fixations"] = sum(map(len, scanpaths))
    found = np.bincount(np.concatenate([path.exclusion for path in scanpaths]))
    for value, number in enumerate(found.tolist()):
        if value and number:
            counts[f"excluded: {Exclusion(value).reason}"] = number


def _count_replaced(
    counts: Counter[str],
    project: Project,
    scanpaths: Iterable[Scanpath],
    attention: Iterable[Attention],
) -> None:
    """Count what takes the place of something with the same key: the newer wins."""
    keys = {path.key for path in project.scanpaths}
    replaced = 0
    for scanpath in scanpaths:
        replaced += scanpath.key in keys
        keys.add(scanpath.key)
    if replaced:
        counts["scanpaths that replace earlier ones"] = replaced
    if again := sum(item.key in project.attention for item in attention):
        counts["maps that replace earlier ones"] = again
