"""Values of the program as entries of `project.json`, and back: NaN is null there."""

import dataclasses
import math
from typing import Any, TypeVar

import msgspec

E = TypeVar("E", bound=msgspec.Struct)
V = TypeVar("V")


def entry_of(kind: type[E], value: Any, **others: Any) -> E:
    """Return an entry with the fields it shares with a dataclass, as they are, but NaN as None.

    others : the fields that the dataclass does not have, or has in another form.
    """
    fields = {name: getattr(value, name) for name in kind.__struct_fields__ if hasattr(value, name)}
    return kind(**{name: _none_for_nan(field) for name, field in fields.items()} | others)


def value_of(kind: type[V], entry: msgspec.Struct, **others: Any) -> V:
    """Return a dataclass with the fields it shares with an entry; None is NaN in float fields.

    others : the fields that the entry does not have, or has in another form.
    """
    values = dict(others)
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        if field.name not in others and field.name in entry.__struct_fields__:
            value = getattr(entry, field.name)
            values[field.name] = math.nan if value is None and field.type is float else value
    return kind(**values)


def _none_for_nan(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
