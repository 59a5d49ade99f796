"""How a person reads their tables, kept under a name for the next files of the kind."""

import dataclasses
import math
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from gazelab import storage
from gazelab.data.contract import Contract
from gazelab.errors import ReadError, SettingsError
from gazelab.io.delimited import guess_encoding, head_of
from gazelab.io.mapping import Mapping
from gazelab.paths import user_presets

_SUFFIX = ".json"
_NAME = re.compile(r"[^\W_][\w .+-]{0,63}")
_VERSION = 1
_LARGEST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class SavedPreset:
    """A mapping and a contract under a name.

    The mapping names no participant and no stimulus that was taken from the name of a file.
    """

    name: str
    mapping: Mapping
    contract: Contract

    def mapping_for(self, path: Path) -> Mapping:
        """Return the mapping for a file: in its encoding, and named by it where need be."""
        mapping, missing = self.mapping, {}
        for field in ("participant", "stimulus"):
            if field not in mapping.columns and not getattr(mapping, field):
                missing[field] = path.stem
        if not mapping.sheet:
            missing["encoding"] = guess_encoding(path)
        return replace(mapping, **missing)  # type: ignore[arg-type]

    def fits(self, path: Path) -> bool:
        """Whether a file has all columns that the mapping names."""
        try:
            columns = head_of(path, self.mapping_for(path).layout).columns
        except ReadError:
            return False
        return {*self.mapping.columns.values()} <= {*columns}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """What is in the file: fields that are not as they are by default."""

    version: int
    mapping: dict[str, Any]
    contract: dict[str, Any]


def save_preset(name: str, mapping: Mapping, contract: Contract, path: Path | None = None) -> Path:
    """Keep a mapping and a contract under a name, in place of what was there; return the file.

    path : the file they were made for; a participant or stimulus named after it is not kept.
    Raises SettingsError for a name that is none, WriteError.
    """
    stem = path.stem if path is not None else ""
    for field in ("participant", "stimulus"):
        if getattr(mapping, field) == stem:
            mapping = replace(mapping, **{field: ""})  # type: ignore[arg-type]
    target = _path(name)
    storage.make_folder(target.parent)
    told = _File(
        _VERSION,
        _changed(replace(mapping, reasons=())),
        _changed(replace(contract, reasons=())),
    )
    storage.write_json(target, told)
    return target


def load_preset(name: str) -> SavedPreset:
    """Return what was kept under a name. Raises SettingsError for none, ReadError if damaged."""
    path = _path(name)
    if not path.is_file():
        known = ", ".join(preset_names()) or "none"
        raise SettingsError(f"There is no preset named {name}.", f"The presets are: {known}.")
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ReadError("The preset is too large to be one.", path)
        told = msgspec.json.decode(path.read_bytes(), type=_File)
        if told.version != _VERSION:
            raise ReadError("The preset is of another version of GazeLab.", path)
        mapping = msgspec.convert(told.mapping, Mapping)
        contract = msgspec.convert(told.contract, Contract)
        unknown = _unknown(told.mapping, Mapping) | _unknown(told.contract, Contract)
    except OSError as error:
        raise ReadError(f"Could not be read ({error.strerror or error}).", path) from error
    except (msgspec.MsgspecError, SettingsError, UnicodeDecodeError) as error:
        raise ReadError(f"The preset is damaged ({error}).", path, hint="Save it anew.") from error
    if unknown:
        raise ReadError(f"The preset has unknown settings: {', '.join(sorted(unknown))}.", path)
    return SavedPreset(name, mapping, contract)


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets in alphabetical order."""
    found = [path.stem for path in user_presets().glob(f"*{_SUFFIX}") if path.is_file()]
    return tuple(sorted((name for name in found if _NAME.fullmatch(name)), key=str.casefold))


def fitting_presets(path: Path) -> tuple[str, ...]:
    """Return the names of the presets that fit a file, those that name most columns first.

    A damaged preset fits nothing.
    """
    found = []
    for name in preset_names():
        try:
            preset = load_preset(name)
        except ReadError:
            continue
        if preset.fits(path):
            found.append((-len(preset.mapping.columns), name))
    return tuple(name for _, name in sorted(found))


def delete_preset(name: str) -> None:
    """Forget a preset; one that is not there is none the less forgotten."""
    storage.remove(_path(name))


def _path(name: str) -> Path:
    """Return the file of a preset. Raises SettingsError for a name that is none."""
    if not _NAME.fullmatch(name) or name != name.strip(" ."):
        raise SettingsError(
            f"{name!r} cannot be the name of a preset.",
            "Use up to 64 letters, digits, spaces, and . + - _, beginning with a letter or digit.",
        )
    return user_presets() / f"{name}{_SUFFIX}"


def _unknown(settings: dict[str, Any], kind: type[Mapping] | type[Contract]) -> set[str]:
    return {*settings} - {field.name for field in dataclasses.fields(kind)}


def _changed(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that are not as by default; NaN is left out."""
    default = type(value)()
    found: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        one = getattr(value, field.name)
        if one == getattr(default, field.name) or (isinstance(one, float) and math.isnan(one)):
            continue
        found[field.name] = _plain(one)
    return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return _changed(value)
    return dict(value) if hasattr(value, "keys") else value
