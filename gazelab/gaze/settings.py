"""The parameters of the detectors: each with a title, a unit, a default and a sensible range."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from gazelab.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number that a detector takes.

    low, high, step : what a slider offers. Values beyond are allowed, values below 0 are not.
    zero : whether 0 makes sense.
    source : where the default comes from.
    """

    name: str
    title: str
    unit: str
    default: float
    low: float
    high: float
    step: float
    source: str
    zero: bool


def parameter(
    default: float,
    title: str,
    unit: str,
    slider: tuple[float, float, float],
    source: str,
    zero: bool = False,
) -> Any:
    """Declare a parameter as a field of a settings class; slider : low, high and step."""
    meta = {"title": title, "unit": unit, "slider": slider, "source": source, "zero": zero}
    return field(default=default, metadata=meta)


@dataclass(frozen=True)
class DetectorSettings:
    """What every detector takes: how lost samples become blinks.

    A loss shorter than a blink is a gap, a longer one is loss of tracking.
    """

    blink_min_ms: float = parameter(
        50.0, "Shortest blink", "ms", (0, 200, 5),
        "Nyström et al. (2024), Behavior Research Methods 56, 3280-3299", zero=True,
    )  # fmt: skip
    blink_max_ms: float = parameter(
        500.0, "Longest blink", "ms", (100, 2000, 50),
        "Nyström et al. (2024), Behavior Research Methods 56, 3280-3299",
    )  # fmt: skip
    blink_padding_ms: float = parameter(
        50.0, "Left out beside a blink", "ms", (0, 200, 5),
        "Kret and Sjak-Shie (2019), Behavior Research Methods 51, 1336-1342", zero=True,
    )  # fmt: skip

    def __post_init__(self) -> None:
        for one in parameters(type(self)):
            value = getattr(self, one.name)
            if not math.isfinite(value) or value < 0 or (value == 0 and not one.zero):
                least = "at least 0" if one.zero else "more than 0"
                raise SettingsError(f"{one.title} must be {least} {one.unit}, not {value:g}.")

    def pairs(self) -> tuple[tuple[str, float], ...]:
        """Return (name, value) of each parameter, as `Origin.settings` keeps them."""
        return tuple((one.name, float(getattr(self, one.name))) for one in fields(self))


def parameters(settings: type[DetectorSettings]) -> tuple[Parameter, ...]:
    """Return the parameters of a settings class, its own first and those of blinks last."""
    shared = {one.name for one in fields(DetectorSettings)}
    found = [_parameter(one.name, one.default, one.metadata) for one in fields(settings)]
    return tuple(sorted(found, key=lambda one: one.name in shared))


def _parameter(name: str, default: Any, meta: Mapping[str, Any]) -> Parameter:
    low, high, step = meta["slider"]
    return Parameter(
        name, meta["title"], meta["unit"], default, low, high, step, meta["source"], meta["zero"]
    )
