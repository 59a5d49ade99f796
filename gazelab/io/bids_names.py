"""Files of a BIDS data set: what their names say, and the sidecars that describe them.

BIDS 1.11: a file is named `<entity>-<label>_..._<suffix>.<ending>`. Its sidecar inherits: what
a JSON file higher up says, or one with fewer entities, holds unless a nearer one says otherwise
(Gorgolewski et al. 2016, Scientific Data 3: 160044; bids-specification.readthedocs.io).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from gazelab.errors import ReadError
from gazelab.io.json_file import json_content

PHYSIO = "_physio.tsv.gz"
DESCRIPTION = "dataset_description.json"
RECORDING = "recording"
_DEEPEST = 6
_LARGEST_BYTES = 64 << 20

Sidecar: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Name:
    """What the name of a file says: entities with their labels, and the suffix."""

    entities: Mapping[str, str]
    suffix: str

    @classmethod
    def of(cls, path: Path) -> "Name":
        """Return what the name of a file says; parts that are no entity are left out."""
        *parts, suffix = path.name.split(".", 1)[0].split("_")
        pairs = (part.split("-", 1) for part in parts if "-" in part)
        return cls(dict(pairs), suffix)

    def applies_to(self, other: "Name") -> bool:
        """Whether what this file says holds for the other: it has no other entity or label."""
        return self.suffix == other.suffix and self.entities.items() <= other.entities.items()

    def without(self, *keys: str, suffix: str) -> "Name":
        """Return the name with another suffix and without some entities."""
        kept = {key: label for key, label in self.entities.items() if key not in keys}
        return Name(kept, suffix)

    def label(self, *keys: str) -> str:
        """Return some entities as in the name, those there are: "ses-01 run-2"."""
        return " ".join(f"{key}-{self.entities[key]}" for key in keys if key in self.entities)


def root_of(path: Path) -> Path:
    """Return the folder of the data set in which a file or folder lies; its own where unknown."""
    folder = path if path.is_dir() else path.parent
    for parent in [folder, *folder.absolute().parents][:_DEEPEST]:
        if (parent / DESCRIPTION).is_file():
            return parent
    return folder


def recordings_below(path: Path) -> Iterator[Path]:
    """Yield the files of physiological recordings in a folder, sorted; or a file that is one.

    Of a folder that is none of a data set, only those directly in it.
    """
    if path.is_file():
        yield from [path] if path.name.endswith(PHYSIO) else []
    elif path.is_dir():
        in_set = (root_of(path) / DESCRIPTION).is_file()
        yield from sorted(path.rglob(f"*{PHYSIO}") if in_set else path.glob(f"*{PHYSIO}"))


def sidecar(path: Path, name: Name) -> Sidecar:
    """Return what the sidecars say of a file of this name in the folder of `path`.

    Raises ReadError when one of them is damaged.
    """
    merged: Sidecar = {}
    for folder in _folders_above(path):
        found = [(Name.of(file), file) for file in folder.glob(f"*{name.suffix}.json")]
        found = [(other, file) for other, file in found if other.applies_to(name)]
        for _, file in sorted(found, key=lambda pair: (len(pair[0].entities), pair[1].name)):
            merged |= _content(file)
    return merged


def nearest(path: Path, name: Name, ending: str) -> Path | None:
    """Return the file of this name, or one it inherits, nearest to `path`; None for none."""
    for folder in reversed(_folders_above(path)):
        found = list(folder.glob(f"*{name.suffix}{ending}"))
        found = [file for file in found if Name.of(file).applies_to(name)]
        if found:
            return max(found, key=lambda file: (len(Name.of(file).entities), file.name))
    return None


def _folders_above(path: Path) -> list[Path]:
    """Return the folders from that of the data set to that of a file."""
    root, folder = root_of(path).absolute(), path.absolute().parent
    folders = [folder]
    while folders[-1] != root and root in folders[-1].parents:
        folders.append(folders[-1].parent)
    return folders[::-1]


def _content(file: Path) -> Sidecar:
    content = json_content(file, _LARGEST_BYTES)
    if not isinstance(content, dict):
        raise ReadError("The sidecar is not one JSON object.", file)
    return content
