"""Which picture a name in a recording means."""

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from gazelab.data.stimulus import Stimulus


class Pictures:
    """Finds the stimulus that a name in a file means.

    Tried in turn: the id, the file name, the name with another ending, the name with one
    more ending ("a.jpg.png"); first as written, then regardless of case. A name that fits
    several pictures fits none.
    """

    def __init__(self, stimuli: Iterable[Stimulus]) -> None:
        self._stages: list[dict[str, Stimulus | None]] = [{} for _ in range(8)]
        for stimulus in stimuli:
            path = _path(stimulus.id)
            keys = _with_folded(str(path), path.name, path.name, path.stem)
            for found, key in zip(self._stages, keys, strict=True):
                found[key] = None if found.get(key, stimulus) is not stimulus else stimulus

    def named(self, name: str) -> Stimulus | None:
        """Return the stimulus a name means, None where there is none or several."""
        path = _path(name)
        keys = _with_folded(str(path), path.name, path.stem, path.stem)
        for found, key in zip(self._stages, keys, strict=True):
            if key in found:
                return found[key]
        return None


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(unicodedata.normalize("NFC", name.strip()).replace("\\", "/"))


def _with_folded(*keys: str) -> tuple[str, ...]:
    return (*keys, *(key.casefold() for key in keys))
