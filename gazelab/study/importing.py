"""Import: recordings, pictures and maps become an addition to a project."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gazelab.data.attention import Attention
from gazelab.data.contract import Contract
from gazelab.data.counted import counted, counted_as
from gazelab.data.gaze import Exclusion
from gazelab.data.recording import Recording
from gazelab.data.stimulus import Stimulus
from gazelab.errors import ReadError, SettingsError
from gazelab.io.images import read_images
from gazelab.io.readers import Reader, reader_named, sniff
from gazelab.io.reading import Reading, ReadSettings
from gazelab.project.project import Addition, ImportRecord, Project
from gazelab.project.store import relative_path
from gazelab.storage import sha256_of
from gazelab.study.detecting import with_fixations
from gazelab.study.matching import Pictures
from gazelab.study.participants import called, participants_of
from gazelab.study.placing import NO_LINKS, Links, Placed, placed, trials
from gazelab.study.plausibility import doubts
from gazelab.task import Step, Task

_SOME_SCANPATHS = 1000
_NAMES_SHOWN = 10
_ASPECT_TOLERANCE = 0.02
_SET_ASIDE = "scanpaths of another reader or detector that are set aside"


@dataclass(frozen=True, slots=True)
class Source:
    """One file or folder to import, and how.

    format : id of its reader; None to judge by its content.
    contract : what positions and times mean; None for what the reader guesses.
    participant : who was recorded, of a source of one participant; "" for what it says.
    """

    path: Path
    format: str | None = None
    settings: ReadSettings = ReadSettings()
    contract: Contract | None = None
    participant: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What to import, decided before anything changes.

    sources : recordings, folders of pictures or of maps.
    project_folder : the folder from which the paths of pictures count.
    images : folder of the pictures the recordings refer to; None when the project has them.
    px_per_deg : pixels in one degree of visual angle, of the sources and from then on of the
        project; None to take what the sources say.
    links : which pictures names in the sources mean.
    """

    sources: tuple[Source, ...]
    project_folder: Path
    images: Path | None = None
    px_per_deg: float | None = None
    links: Links = NO_LINKS


def import_files(
    plan: ImportPlan, project: Project, readings: Mapping[Path, Reading] = MappingProxyType({})
) -> Task[Addition]:
    """Read all sources of a plan and return what they add to the project.

    readings : of sources that were read before. Each source gets an `ImportRecord`.
    Scanpaths, recordings and maps whose picture is not known are left out, counted and
    named. Raises ReadError or SettingsError; nothing is added then.
    """
    if not plan.sources and plan.images is None:
        raise SettingsError("There is nothing to import.", "Name a file, or a folder of pictures.")
    addition = Addition()
    if plan.images is not None:
        if not plan.images.is_dir():
            raise ReadError("There is no such folder of pictures.", plan.images)
        reading = readings.get(plan.images) or (yield from read_images(plan.images))
        source = Source(plan.images, "images")
        addition = yield from _added(plan, project, addition, source, reading)
    for source in plan.sources:
        reader = reader_of(source)
        known = readings.get(source.path)
        reading = known or (yield from reader.read(source.path, source.settings))
        yield Step(0, None, "matching pictures")
        source = replace(source, format=reader.id)
        addition = yield from _added(plan, project, addition, source, reading)
    return addition


def reader_of(source: Source) -> Reader:
    """Return the reader for a source. Raises ReadError when nothing can read it."""
    if not source.path.exists():
        raise ReadError("There is no such file or folder.", source.path)
    return sniff(source.path) if source.format is None else reader_named(source.format)


def describe(record: ImportRecord) -> list[str]:
    """Return an import in lines of plain text: what was read, rejected and excluded."""
    lines = [f"{record.source} ({record.reader})"]
    lines += [f"  {counted_as(number, name)}" for name, number in record.counts.items()]
    return lines + [f"  {note}" for note in record.notes]


def _added(
    plan: ImportPlan, project: Project, addition: Addition, source: Source, reading: Reading
) -> Task[Addition]:
    """Return the addition with one more source in it."""
    stimuli = tuple(
        replace(stimulus, path=relative_path(Path(stimulus.path), plan.project_folder))
        for stimulus in reading.stimuli
    )
    merged = project.with_addition(addition)
    _refuse_other_content(stimuli, merged, source.path)
    known = {**merged.stimuli, **{s.id: s for s in stimuli}}
    contract = source.contract or reading.contract
    notes = list(reading.notes)
    reading = _called(reading, source.participant, notes)
    there = placed(reading, contract, known.values(), plan.links)
    counts: Counter[str] = Counter()
    _name_unmatched(there.unmatched, counts, notes)
    attention = _matched_maps(reading.attention, Pictures(known.values()), counts, notes)
    stimuli += tuple(s for s in there.stimuli if s.id not in known)
    if not (stimuli or there.scanpaths or there.recordings or attention):
        raise _nothing_matched(reading, source.path, bool(merged.stimuli))
    known |= {s.id: s for s in there.stimuli}
    px_per_deg = _px_per_deg(plan, reading, there, merged, notes)
    if plan.px_per_deg is not None:
        scaled = (replace(item, px_per_deg=plan.px_per_deg) for item in there.recordings)
        there = replace(there, recordings=tuple(scaled))
    there = yield from with_fixations(there, known, px_per_deg, notes)
    notes += doubts(there, known)
    _count(counts, stimuli, there, attention)
    _count_replaced(counts, merged, there, attention, notes)
    gaze = there.recordings or there.scanpaths
    record = ImportRecord(
        source=source.path.name,
        reader=source.format or "",
        sha256=sha256_of(source.path) if source.path.is_file() else "",
        counts=MappingProxyType({**counts, **reading.counts}),
        notes=tuple(notes),
        contract=contract if gaze else None,
    )
    return Addition(
        stimuli=addition.stimuli + stimuli,
        recordings=addition.recordings + there.recordings,
        scanpaths=addition.scanpaths + there.scanpaths,
        events=addition.events + there.events,
        attention=addition.attention + attention,
        records=(*addition.records, record),
        px_per_deg=px_per_deg if math.isnan(addition.px_per_deg) else addition.px_per_deg,
        px_per_deg_said=plan.px_per_deg is not None,
    )


def _called(reading: Reading, name: str, notes: list[str]) -> Reading:
    """Return a reading with its participant named otherwise, and say so."""
    renamed = called(reading, name)
    if renamed is not reading:
        notes.append(f"The participant is named {name}, not {participants_of(reading)[0]}.")
    return renamed


def _px_per_deg(
    plan: ImportPlan, reading: Reading, there: Placed, project: Project, notes: list[str]
) -> float:
    """Return the pixels in one degree that a source brings; say so if the project has others."""
    told = (plan.px_per_deg, there.px_per_deg, reading.px_per_deg)
    px_per_deg = next((value for value in told if value and not math.isnan(value)), math.nan)
    own = {reading.px_per_deg, *(item.px_per_deg for item in reading.recordings)}
    own = {value for value in own if not math.isnan(value)}
    if own and px_per_deg not in own and not math.isnan(px_per_deg):
        notes.append(
            f"{px_per_deg:g} pixels in one degree are taken, as was said on import, not the "
            f"{max(own):g} of the source."
        )
    kept = project.settings.px_per_deg
    if not math.isnan(kept) and not math.isnan(px_per_deg) and not math.isclose(kept, px_per_deg):
        if plan.px_per_deg is None:
            told_of = f"and keeps them; this source has {px_per_deg:g}."
        else:
            told_of = f"until now and {px_per_deg:g} from now on, as was said on import."
        notes.append(f"The project has {kept:g} pixels in one degree {told_of}")
    return px_per_deg


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
    _note_unmatched(unmatched, counts, notes)
    if distorted:
        counts["maps of another shape than their picture"] = len(distorted)
        notes.append(
            "Maps are taken to cover the whole picture, but some have another ratio of width "
            f"to height: {_listed(distorted)}."
        )
    return tuple(taken.values())


def _name_unmatched(names: Mapping[str, int], counts: Counter[str], notes: list[str]) -> None:
    if names:
        counts["trials rejected: no picture"] += sum(names.values())
        _note_unmatched(list(names), counts, notes)


def _note_unmatched(names: list[str], counts: Counter[str], notes: list[str]) -> None:
    if names:
        counts["names without a picture"] += len(names)
        notes.append(f"No picture, or more than one, for: {_listed(names)}.")


def _nothing_matched(reading: Reading, source: Path, has_pictures: bool) -> ReadError:
    named = [key[1] for key in trials(reading)] + [item.stimulus for item in reading.attention]
    names = list(dict.fromkeys(named))
    hint = "Give the folder of the pictures." if not has_pictures else "Are these the right ones?"
    return ReadError(
        f"None of the {len(names)} names in it has a picture: {_listed(names)}."
        if len(names) > 1
        else f"No picture is known for the name in it, {names[0]}.",
        source,
        hint=f"{hint} Names can be linked to pictures, or to an empty screen.",
    )


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _count(
    counts: Counter[str],
    stimuli: Collection[Stimulus],
    there: Placed,
    attention: Collection[Attention],
) -> None:
    people = {recording.participant for recording in there.recordings}
    people |= {path.participant for path in there.scanpaths}
    kept = {
        "stimuli": len(stimuli),
        "maps": len(attention),
        "participants": len(people),
        "recordings": len(there.recordings),
        "samples": sum(map(len, there.recordings)),
        "scanpaths": len(there.scanpaths),
        "fixations": sum(map(len, there.scanpaths)),
    }
    for events in there.events:
        kept[f"{events.kind}s"] = kept.get(f"{events.kind}s", 0) + len(events)
    counts.update({name: number for name, number in kept.items() if number})
    flags = [path.exclusion for path in there.scanpaths] or [np.zeros(0, np.int8)]
    for value, number in enumerate(np.bincount(np.concatenate(flags)).tolist()):
        if value and number:
            counts[f"excluded: {Exclusion(value).reason}"] = number


def _count_replaced(
    counts: Counter[str],
    project: Project,
    there: Placed,
    attention: Iterable[Attention],
    notes: list[str],
) -> None:
    """Count what takes the place of something with the same key: the newer wins.

    Scanpaths in use of another reader or detector are not lost, but set aside. Other samples
    of the same trial are most likely of another participant, so that a note tells of them.
    """
    readers = {path.key: path.origin.reader for path in project.scanpaths}
    found: Counter[str] = Counter()
    for path in there.scanpaths:
        if path.key in readers:
            same = path.origin.reader == readers[path.key]
            found["scanpaths that replace earlier ones" if same else _SET_ASIDE] += 1
        readers[path.key] = path.origin.reader
    found["recordings that replace other samples"] = sum(
        item.key in project.recordings and not _same_samples(item, project.recordings[item.key])
        for item in there.recordings
    )
    if number := found["recordings that replace other samples"]:
        notes.append(
            f"{counted(number, 'trial was', 'trials were')} there already with other samples, "
            "which are replaced. If they are of somebody else, or of another session, of the same "
            "name: name the participant, in the import window or with --participant."
        )
    found["maps that replace earlier ones"] = sum(
        item.key in project.attention for item in attention
    )
    counts.update({name: number for name, number in found.items() if number})


def _same_samples(one: Recording, two: Recording) -> bool:
    return len(one) == len(two) and all(
        np.array_equal(a, b, equal_nan=True)
        for a, b in ((one.t_ms, two.t_ms), (one.x_px, two.x_px), (one.y_px, two.y_px))
    )
