"""Scanpaths, maps and scores as arrays in files named by their content, and back."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np

from gazelab import storage
from gazelab.data.attention import Attention, Explanation
from gazelab.data.gaze import Origin, Scanpath
from gazelab.data.scores import ComputedScores, Score
from gazelab.errors import ProjectError
from gazelab.project.entries import entry_of, value_of
from gazelab.project.schema import (
    ComputedGroup,
    ExplanationEntry,
    MapsEntry,
    MapsGroup,
    OriginEntry,
    ScanpathGroup,
    ScoreGroup,
)
from gazelab.project.written import WRITTEN

ARRAYS = "arrays"
"""Folder of the array files inside a project folder."""

_SUFFIX = ".npy"
_PARTS = ("x_px", "y_px", "onset_ms", "duration_ms", "exclusion")
_SCORE_TYPES = {field.name: field.type for field in dataclasses.fields(Score)}


def array_files(folder: Path) -> Iterator[Path]:
    """Yield the array files of a project folder."""
    yield from sorted((folder / ARRAYS).glob(f"*{_SUFFIX}"))


def open_array(folder: Path, name: str, *, lazily: bool = False) -> np.ndarray:
    """Return an array of a project, read-only; `lazily` leaves it on the disk until used.

    What is read at once is also compared with the hash in its name. Raises ProjectError.
    """
    path = folder / ARRAYS / name
    if Path(name).name != name:
        raise ProjectError(f"{folder}: the array name {name!r} is not a file name.")
    try:
        if not lazily and not storage.is_named_by_content(path):
            raise ProjectError(f"{path}: the file is damaged: its content has changed.", RESTORE)
        array = np.load(path, mmap_mode="r" if lazily else None, allow_pickle=False)
    except FileNotFoundError as error:
        raise ProjectError(f"{path}: the file is missing.", RESTORE) from error
    except (OSError, ValueError, EOFError) as error:
        raise ProjectError(f"{path}: the file is damaged or cut short.", RESTORE) from error
    array.flags.writeable = False
    return np.asarray(array)


RESTORE = "Restore the project folder from a backup."


def write_scanpaths(folder: Path, scanpaths: Sequence[Scanpath]) -> tuple[ScanpathGroup, ...]:
    """Write scanpaths, one group for each origin."""
    groups: dict[Origin, list[int]] = {}
    for place, scanpath in enumerate(scanpaths):
        groups.setdefault(scanpath.origin, []).append(place)
    return tuple(
        _write_group(folder, origin, [scanpaths[place] for place in places], places)
        for origin, places in groups.items()
    )


def _write_group(
    folder: Path, origin: Origin, scanpaths: list[Scanpath], places: list[int]
) -> ScanpathGroup:
    fixations = np.array(
        [np.concatenate([getattr(path, part) for path in scanpaths]) for part in _PARTS],
        np.float64,
    )
    participants, participant = coded(path.participant for path in scanpaths)
    stimuli, stimulus = coded(path.stimulus for path in scanpaths)
    trials, trial = coded(path.trial for path in scanpaths)
    lengths = [len(path) for path in scanpaths]
    index = np.array([participant, stimulus, trial, lengths, places], np.int64)
    return ScanpathGroup(
        fixations=write_array(folder, "fixations", fixations),
        index=write_array(folder, "index", index),
        origin=entry_of(OriginEntry, origin),
        participants=participants,
        stimuli=stimuli,
        trials=trials,
    )


def read_scanpaths(folder: Path, group: ScanpathGroup) -> list[tuple[int, Scanpath]]:
    """Return the scanpaths of a group, each with its place in the project."""
    fixations = open_array(folder, group.fixations)
    index = open_array(folder, group.index)
    _check_index(folder, group, fixations, index)
    x_px, y_px, onset_ms, duration_ms = fixations[:4]
    exclusion = fixations[4].astype(np.int8)
    exclusion.flags.writeable = False
    origin = value_of(Origin, group.origin)
    result, start = [], 0
    for participant, stimulus, trial, length, place in index.T.tolist():
        part = slice(start, start + length)
        start += length
        scanpath = Scanpath(
            participant=group.participants[participant],
            stimulus=group.stimuli[stimulus],
            x_px=x_px[part],
            y_px=y_px[part],
            onset_ms=onset_ms[part],
            duration_ms=duration_ms[part],
            exclusion=exclusion[part],
            trial=group.trials[trial],
            origin=origin,
        )
        result.append((place, scanpath))
    return result


def _check_index(
    folder: Path, group: ScanpathGroup, fixations: np.ndarray, index: np.ndarray
) -> None:
    words = (group.participants, group.stimuli, group.trials)
    fits = (
        fixations.dtype == np.float64
        and index.dtype == np.int64
        and fixations.shape[:-1] == (len(_PARTS),)
        and index.shape[:-1] == (5,)
        and bool((index >= 0).all())
        and index[3].sum() == fixations.shape[1]
        and all((row < len(names)).all() for row, names in zip(index, words, strict=False))
    )
    if not fits:
        raise ProjectError(
            f"{folder / ARRAYS / group.index}: the index does not fit {group.fixations}.", RESTORE
        )


def write_attention(folder: Path, attention: Iterable[Attention]) -> tuple[MapsGroup, ...]:
    """Write maps, one file for each source and kind; those written before stay as they are."""
    groups: dict[tuple[str, str], list[Attention]] = {}
    for item in attention:
        groups.setdefault((item.source, item.kind), []).append(item)
    return tuple(
        MapsGroup(
            maps=write_flat(folder, "maps", [item.maps for item in items], np.dtype(np.float32)),
            source=source,
            kind=kind,
            items=tuple(map(_maps_entry, items)),
        )
        for (source, kind), items in groups.items()
    )


def _maps_entry(item: Attention) -> MapsEntry:
    explained = item.explanation
    return MapsEntry(
        item.stimulus,
        item.maps.shape,
        item.steps,
        item.note,
        item.parts,
        item.step_notes,
        None if explained is None else entry_of(ExplanationEntry, explained),
    )


def _explanation(entry: MapsEntry) -> Explanation | None:
    explained = entry.explanation
    return None if explained is None else value_of(Explanation, explained)


def read_attention(folder: Path, group: MapsGroup) -> list[Attention]:
    """Return the maps of a group; they stay on the disk until they are used."""
    sizes = [int(np.prod(item.shape)) for item in group.items]
    flat = open_array(folder, group.maps, lazily=sum(sizes) > 0)
    if flat.dtype != np.float32 or flat.shape != (sum(sizes),):
        raise ProjectError(
            f"{folder / ARRAYS / group.maps}: the maps do not fit the list in the project file.",
            RESTORE,
        )
    parts = np.split(flat, np.cumsum(sizes)[:-1]) if sizes else []
    try:
        result = [
            Attention(
                item.stimulus,
                group.source,
                group.kind,
                part.reshape(item.shape),
                item.steps,
                item.note,
                item.parts,
                item.step_notes,
                _explanation(item),
            )
            for item, part in zip(group.items, parts, strict=True)
        ]
    except ValueError as error:
        raise ProjectError(f"{folder}: {error}", RESTORE) from error
    WRITTEN.remember([item.maps for item in result], group.maps)
    return result


def write_scores(
    folder: Path, scores: Sequence[Score], computed: ComputedScores
) -> ScoreGroup | None:
    """Write scores, and the rows to be used again, as one table each; None without any."""
    if not scores and not computed.rows:
        return None
    group = _write_rows(folder, scores)
    if not computed.rows:
        return group
    rows = group if computed.rows is scores else _write_rows(folder, computed.rows)
    name = write_array(folder, "fingerprints", computed.fingerprints)
    return msgspec.structs.replace(group, computed=ComputedGroup(rows, name))


def _write_rows(folder: Path, scores: Sequence[Score]) -> ScoreGroup:
    words, rows = {}, []
    for name, kind in _SCORE_TYPES.items():
        column = [getattr(score, name) for score in scores]
        if kind is str:
            words[name], column = coded(column)
        rows.append(column)
    table = write_array(folder, "scores", np.array(rows, np.float64))
    return ScoreGroup(table, tuple(_SCORE_TYPES), words)


def read_scores(folder: Path, group: ScoreGroup | None) -> tuple[Score, ...]:
    """Return the scores of a project."""
    if group is None:
        return ()
    table = open_array(folder, group.table)
    try:
        columns = {
            name: _column(table[group.fields.index(name)], kind, group.words.get(name, ()))
            for name, kind in _SCORE_TYPES.items()
        }
    except (ValueError, IndexError) as error:
        raise ProjectError(
            f"{folder / ARRAYS / group.table}: the scores do not fit the project file.", RESTORE
        ) from error
    names = tuple(columns)
    rows = zip(*columns.values(), strict=True)
    return tuple(Score(**dict(zip(names, row, strict=True))) for row in rows)


def read_computed(
    folder: Path, group: ScoreGroup | None, scores: tuple[Score, ...]
) -> ComputedScores:
    """Return the rows to be used again; none where they are damaged, which costs only time.

    scores : those of the same group, which are mostly the same rows.
    """
    if group is None or group.computed is None:
        return ComputedScores()
    rows_group = group.computed.rows
    same = rows_group == msgspec.structs.replace(group, computed=None)
    try:
        rows = scores if same else read_scores(folder, rows_group)
        fingerprints = open_array(folder, group.computed.fingerprints)
    except ProjectError:
        return ComputedScores()
    fits = fingerprints.dtype == np.uint64 and fingerprints.shape == (len(rows), 2)
    return ComputedScores(rows, fingerprints) if fits else ComputedScores()


def _column(row: np.ndarray, kind: object, words: tuple[str, ...]) -> list:
    if kind is float:
        return row.tolist()
    whole = row.astype(np.int64).tolist()
    return [words[number] for number in whole] if kind is str else whole


def coded(values: Iterable[str]) -> tuple[tuple[str, ...], list[int]]:
    """Return the different values, and for each value its place among them."""
    places: dict[str, int] = {}
    codes = [places.setdefault(value, len(places)) for value in values]
    return tuple(places), codes


def write_flat(folder: Path, stem: str, parts: list[np.ndarray], dtype: np.dtype) -> str:
    """Write arrays one after the other as one flat file, unless just these lie in one already."""
    name = WRITTEN.name_of(parts)
    if name is not None and (folder / ARRAYS / name).exists():
        return name
    flat = [np.ascontiguousarray(part, dtype).reshape(-1) for part in parts]
    header = storage.array_header((sum(map(len, flat)),), dtype)
    name = storage.write_named_by_content(
        folder / ARRAYS, stem, _SUFFIX, header, *(part.data for part in flat)
    )
    WRITTEN.remember(parts, name)
    return name


def write_array(folder: Path, stem: str, array: np.ndarray) -> str:
    """Write an array to a file named by its content and return that name."""
    return storage.write_named_by_content(
        folder / ARRAYS, stem, _SUFFIX, storage.array_bytes(array)
    )
