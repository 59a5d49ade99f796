"""Who was recorded, where a source does not say it or says it otherwise than is wished."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from gazelab.data.gaze import TrialKey
from gazelab.errors import SettingsError
from gazelab.io.reading import Reading
from gazelab.study.placing import trials


def participants_of(reading: Reading) -> tuple[str, ...]:
    """Return the participants of a reading, in order of first appearance."""
    return tuple(dict.fromkeys(key[0] for key in trials(reading)))


def called(reading: Reading, name: str) -> Reading:
    """Return a reading of one participant under another name; "" changes nothing.

    Raises SettingsError for a reading of several.
    """
    known = participants_of(reading)
    if not name or known in ((name,), ()):
        return reading
    if len(known) > 1:
        raise SettingsError(
            f"{name} cannot be the name of all {len(known)} participants of one source.",
            "Name the participant only of sources that hold one.",
        )

    def key(trial: TrialKey) -> TrialKey:
        return name, trial[1], trial[2]

    return replace(
        reading,
        recordings=tuple(replace(item, participant=name) for item in reading.recordings),
        scanpaths=tuple(replace(item, participant=name) for item in reading.scanpaths),
        events=tuple(replace(item, participant=name) for item in reading.events),
        placements=MappingProxyType({key(k): told for k, told in reading.placements.items()}),
    )


def after_folder(path: Path, reading: Reading, among: Iterable[Path]) -> str:
    """Return the name of a participant after the folder of the file, "" where none is needed.

    It is needed where the participant is named after the file, and others of `among` have the
    same file name: they would be one participant. All levels at which the folders differ count.
    """
    known = participants_of(reading)
    alike = [other for other in among if other.name == path.name]
    if len(known) != 1 or not path.name.startswith(known[0]) or len(set(alike)) < 2:
        return ""
    return "-".join(reversed(list(_differing(path, alike))))


def _differing(path: Path, alike: list[Path]) -> Iterator[str]:
    """Yield the names of the folders of a file in which it differs from others, innermost first."""
    folders = [other.absolute().parts[-2::-1] for other in alike]
    own = path.absolute().parts[-2::-1]
    apart: set[tuple[str, ...]] = set()
    for level, name in enumerate(own):
        names = {parts[level] if level < len(parts) else "" for parts in folders}
        if len(names) > 1:
            yield name
        apart = {parts[: level + 1] for parts in folders}
        if len(apart) == len(set(folders)):
            return
