"""Rules by which a researcher takes fixations out of every measure, and back in."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from gazelab.data.gaze import Exclusion, Scanpath, Vector, exclusions
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError

WHAT = ("all", "first", "shorter", "longer", "before onset")


@dataclass(frozen=True, slots=True)
class ExclusionRule:
    """Which fixations are excluded, why, and since when.

    participant, stimulus, trial : "" stands for any.
    what : "all" fixations, the "first" of each scanpath, those "shorter" or "longer" than
        `limit_ms`, or those begun "before onset" of the stimulus.
    since : date and time in ISO 8601.
    """

    participant: str = ""
    stimulus: str = ""
    trial: str = ""
    what: str = "all"
    limit_ms: float = math.nan
    reason: str = ""
    since: str = ""

    def __post_init__(self) -> None:
        if self.what not in WHAT:
            raise SettingsError(f"An exclusion cannot be of {self.what!r}.", f"Known: {WHAT}.")
        if self.what in ("shorter", "longer") and not self.limit_ms >= 0:
            raise SettingsError("An exclusion by duration needs a limit in ms.")

    def concerns(self, scanpath: Scanpath) -> bool:
        """Whether the rule is about this participant, stimulus and trial."""
        wanted = (self.participant, self.stimulus, self.trial)
        return all(one in ("", other) for one, other in zip(wanted, scanpath.key, strict=True))

    def hits(self, scanpath: Scanpath) -> Vector:
        """Return which fixations of a scanpath the rule excludes, (n,) bool."""
        if not self.concerns(scanpath):
            return np.zeros(len(scanpath), bool)
        if self.what == "first":
            return np.arange(len(scanpath)) == 0
        if self.what == "shorter":
            return scanpath.duration_ms < self.limit_ms
        if self.what == "longer":
            return scanpath.duration_ms > self.limit_ms
        if self.what == "before onset":
            return scanpath.onset_ms < 0
        return np.ones(len(scanpath), bool)


def judged(scanpath: Scanpath, stimulus: Stimulus, rules: Iterable[ExclusionRule]) -> Scanpath:
    """Return a scanpath with the exclusions that its stimulus and the rules ask for.

    What lies off the stimulus or lacks a position or duration keeps that reason.
    """
    flags = exclusions(
        scanpath.x_px, scanpath.y_px, scanpath.duration_ms, stimulus.width_px, stimulus.height_px
    )
    for rule in rules:
        flags[rule.hits(scanpath) & (flags == Exclusion.NONE)] = Exclusion.BY_RULE
    same = np.array_equal(flags, scanpath.exclusion)
    return scanpath if same else replace(scanpath, exclusion=flags)
