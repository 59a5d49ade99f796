"""Which sources there are in what a person has given: files, and folders searched for them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from gazelab.errors import GazeLabError, ReadError
from gazelab.io.images import files_below, image_files
from gazelab.io.readers import READERS, reader_named, sniff
from gazelab.task import Step, Task

PICTURE_FORMATS = frozenset({"images", "maps"})
"""Readers of folders of pictures: such a folder may hold recordings besides."""

log = logging.getLogger(__name__)
_ANY_TABLE = ("table",)
_SOME_FILES = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A file or folder, and who reads it.

    formats : ids of the readers that know it, the best first; () for none.
    problem : why it is not read; "" where it is.
    """

    path: Path
    formats: tuple[str, ...] = ()
    problem: str = ""


def expand(paths: Iterable[Path]) -> Task[tuple[Found, ...]]:
    """Return the sources in files and folders, those that no reader knows last.

    A folder that a reader knows as a whole is one source, and so is a folder of pictures or
    maps, unless recordings lie in it: that one, like any other folder, is searched. Of the
    tables found by searching, only those that name the columns of positions are sources.
    """
    search = _Search()
    found: list[Found] = []
    for path in dict.fromkeys(paths):
        if path.is_dir():
            found += yield from search.folder(path)
        else:
            yield Step(len(found), None, path.name)
            found.append(search.judged(path))
    return tuple(sorted(found, key=lambda item: not item.formats))


class _Search:
    """Asks the readers about each file once."""

    def __init__(self) -> None:
        self._judged: dict[Path, Found] = {}

    def judged(self, path: Path) -> Found:
        """Return what the readers say of a file, or of a folder as a whole."""
        if path not in self._judged:
            self._judged[path] = _judged(path)
        return self._judged[path]

    def folder(self, folder: Path) -> Task[list[Found]]:
        """Return the sources in a folder."""
        whole = self.judged(folder)
        if whole.formats and not PICTURE_FORMATS.issuperset(whole.formats):
            return [whole]
        pictures = set(image_files(folder)) if whole.formats else set()
        if whole.formats:
            besides = yield from self._besides(folder, pictures)
            if not any(item.formats for item in besides):
                return [whole, *besides]
        own = any(path.parent == folder for path in pictures)
        found = [whole] if own else []
        for child in _children(folder):
            if child.is_dir() and not _is_left_out(child):
                inside = yield from self.folder(child)
                found += [i for i in inside if not (own and PICTURE_FORMATS & {*i.formats})]
            elif child not in pictures and not _is_left_out(child):
                yield Step(len(found), None, f"looking into {folder.name}")
                found.append(self._met(child))
        return found or [Found(folder, problem="There is nothing in this folder that can be read.")]

    def _met(self, path: Path) -> Found:
        """Return what the readers say of a file that nobody has named."""
        found = self.judged(path)
        if found.formats == _ANY_TABLE:
            problem = _no_gaze(path)
            return replace(found, formats=(), problem=problem) if problem else found
        return found

    def _besides(self, folder: Path, pictures: set[Path]) -> Task[list[Found]]:
        """Return what is in a folder of pictures besides them."""
        found = []
        for number, path in enumerate(files_below(folder)):
            if number % _SOME_FILES == 0:
                yield Step(number, None, f"looking into {folder.name}")
            if path not in pictures and path.suffix != ".npy":
                found.append(self._met(path))
        inner = {path.parent for path in files_below(folder)} - {folder}
        whole = [self.judged(path) for path in sorted(inner)]
        return found + [item for item in whole if {*item.formats} - PICTURE_FORMATS]


def _judged(path: Path) -> Found:
    try:
        first = sniff(path)
    except ReadError as error:
        all_formats = error.hint.startswith("These are read")  # too long to stand beside a file
        hint = "" if all_formats else error.hint
        return Found(path, problem=f"{error.message} {hint}".strip())
    except Exception as error:  # a reader that fails must not take the other files with it
        log.exception("a reader failed on %s", path)
        return Found(path, problem=f"An unexpected error: {error}")
    return Found(path, (first.id, *_others(path, first.id)))


def _others(path: Path, first: str) -> list[str]:
    """Return the readers that know a source besides the first."""
    found = []
    for reader in READERS:
        try:
            if reader.id != first and reader.sniff(path):
                found.append(reader.id)
        except GazeLabError:
            continue
        except Exception:
            log.exception("reader %s failed on %s", reader.id, path)
    return found


def _no_gaze(path: Path) -> str:
    """Return why a table is hardly one of gaze; "" when it may be."""
    guess = reader_named(*_ANY_TABLE).guess
    try:
        lacking = guess(path).lacking if guess is not None else ()
    except GazeLabError as error:
        return error.args[0]
    if {"x", "y"} & {*lacking}:
        return "This is a table, but no column of it is known to hold positions."
    return ""


def _children(folder: Path) -> list[Path]:
    """Return what lies in a folder; nothing where that cannot be seen."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_left_out(path: Path) -> bool:
    return path.name.startswith(".") or path.suffix == ".gazelab"
