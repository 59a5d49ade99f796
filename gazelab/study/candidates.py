"""The sources that a person thinks of importing, and what is said of each."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path

from gazelab.data.contract import Contract
from gazelab.io.reading import Reading, ReadSettings
from gazelab.io.saved_presets import SavedPreset
from gazelab.study.importing import ImportPlan, Source
from gazelab.study.participants import after_folder, called, participants_of
from gazelab.study.placing import NO_LINKS, Links
from gazelab.study.sources import PICTURE_FORMATS


@dataclass(frozen=True, slots=True)
class Candidate:
    """One source on its way into a project.

    formats : ids of the readers that know it; format : of the one in use.
    reading : None until it is read. problem : why it is not; "" while it can be.
    chosen : the contract as a person says; None for the guess of the reader.
    said : who was recorded, as a person says; "" for what the reader says.
    folder : the same after the folder, where other sources have the same file name.
    """

    path: Path
    formats: tuple[str, ...] = ()
    format: str = ""
    settings: ReadSettings = ReadSettings()
    reading: Reading | None = None
    problem: str = ""
    chosen: Contract | None = None
    said: str = ""
    folder: str = ""

    @property
    def participant(self) -> str:
        """What the participant is called instead of what the reader says; "" for that."""
        return (self.said or self.folder) if self.is_of_one else ""

    @property
    def is_of_one(self) -> bool:
        """Whether it holds the gaze of one participant, who can be named."""
        return self.reading is not None and len(participants_of(self.reading)) == 1

    @property
    def named(self) -> Reading | None:
        """What was read, with the participant named as is wished."""
        return self.reading and called(self.reading, self.participant)

    @property
    def contract(self) -> Contract:
        """The contract in force."""
        return self.chosen or (self.reading.contract if self.reading else Contract())

    @property
    def is_pictures(self) -> bool:
        """Whether it is a folder of pictures or maps, without gaze."""
        return self.format in PICTURE_FORMATS

    @property
    def is_usable(self) -> bool:
        """Whether it was read."""
        return self.reading is not None and not self.problem

    @property
    def source(self) -> Source:
        """What an import is told."""
        return Source(self.path, self.format, self.settings, self.chosen, self.participant)

    def read_as(self, format_id: str, settings: ReadSettings) -> "Candidate":
        """Return the candidate, to be read again; what a person says of the contract stays."""
        return replace(self, format=format_id, settings=settings, problem="")

    def with_reading(self, reading: Reading) -> "Candidate":
        """Return the candidate with what was read of it."""
        chosen = self.chosen
        if chosen is not None and self.reading is not None:
            chosen = carried(self.reading.contract, chosen, reading.contract)
        return replace(self, reading=reading, problem="", chosen=chosen)

    def with_contract(self, contract: Contract) -> "Candidate":
        """Return the candidate with another contract."""
        guess = self.reading.contract if self.reading else None
        return replace(self, chosen=None if contract == guess else contract)


def apart(candidates: Iterable[Candidate]) -> dict[Path, Candidate]:
    """Return candidates by path, those of the same file name named after their folders."""
    known = {candidate.path: candidate for candidate in candidates}
    return {
        path: replace(item, folder=after_folder(path, item.reading, known) if item.reading else "")
        for path, item in known.items()
    }


def carried(guess: Contract, chosen: Contract, fresh: Contract) -> Contract | None:
    """Return what a person changed in one guess as changes of another; None for none."""
    changes = {
        item.name: getattr(chosen, item.name)
        for item in fields(Contract)
        if not _same(getattr(chosen, item.name), getattr(guess, item.name))
    }
    changes.pop("reasons", None)
    return replace(fresh, **changes) if changes else None


def said_of(candidate: Candidate, other: Candidate) -> tuple[ReadSettings, Contract | None]:
    """Return what a person said of one source as settings and contract of another like it.

    A participant or stimulus named after the one file is named after the other.
    """
    mapping = candidate.settings.mapping
    if mapping is not None:
        stem = candidate.path.stem
        named = [name for name in ("participant", "stimulus") if getattr(mapping, name) == stem]
        mapping = replace(mapping, **dict.fromkeys(named, ""))  # type: ignore[arg-type]
        mapping = SavedPreset("", mapping, candidate.contract).mapping_for(other.path)
    settings = replace(candidate.settings, mapping=mapping)
    if candidate.reading is None:
        return settings, other.chosen
    fresh = other.reading.contract if other.reading is not None else candidate.reading.contract
    return settings, carried(candidate.reading.contract, candidate.contract, fresh)


def _same(one: object, other: object) -> bool:
    return one == other or repr(one) == repr(other)  # a screen of NaN equals itself


def plan_of(
    candidates: Iterable[Candidate],
    folder: Path,
    images: Path | None = None,
    px_per_deg: float | None = None,
    links: Links = NO_LINKS,
) -> ImportPlan:
    """Return the plan to import all that were read, pictures before what refers to them."""
    usable = [candidate for candidate in candidates if candidate.is_usable]
    usable.sort(key=lambda candidate: candidate.format != "images")
    sources = tuple(candidate.source for candidate in usable)
    return ImportPlan(sources, folder, images, px_per_deg, links)
