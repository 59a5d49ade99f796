"""Make maps of the attention gradient of people, to step them beside those of models."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gazelab.data.attention import OF_PEOPLE, Attention
from gazelab.data.gaze import Scanpath
from gazelab.data.stimulus import Stimulus
from gazelab.errors import SettingsError
from gazelab.gaze.gradient import (
    Kernel,
    check_scale,
    end_of_shares,
    gradient_maps,
    grid_for,
    has_times,
    joined_weights,
    weights_by_fixation,
    weights_in_time,
)
from gazelab.project.project import Project
from gazelab.task import Step, Task

MOST_STEPS = 64
"""As many maps of one stimulus, at most."""

_CELLS = (80, 256)
_SYNTHETIC = "onsets are running sums of durations"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientPlan:
    """Which maps to make.

    tau_ms : how fast attention decays in time; math.inf for not at all. by_fixation : a map
    after each fixation, decaying to a share rho of itself from one to the next, instead of one
    at the end of each of `steps` equal shares of the viewing time.
    steps : how many maps; None for 4 in time, and by fixation as many as half of the viewings
    have. participant : only of this one; the mean over all viewings when "".
    """

    kernel: Kernel
    tau_ms: float = 500.0
    by_fixation: bool = False
    rho: float = 0.5
    steps: int | None = None
    participant: str = ""

    @property
    def source(self) -> str:
        """The name of the source."""
        who = f" of {self.participant}" if self.participant else ""
        how = f"rho {self.rho:g}" if self.by_fixation else f"tau {self.tau_ms:g} ms"
        return f"{OF_PEOPLE}gradient{who}, {self.kernel}, {how}"


@dataclass(frozen=True, slots=True)
class Gradients:
    """The maps; and which viewings were left out, as (participant, stimulus, reason).

    field_deg : half the diagonal of the largest stimulus, within which the range is told.
    """

    attention: tuple[Attention, ...]
    left_out: tuple[tuple[str, str, str], ...]
    field_deg: float


def make_gradients(project: Project, plan: GradientPlan) -> Task[Gradients]:
    """Make the attention gradient of people on each stimulus, for `Project.with_attention`.

    In time, viewings without durations are left out. Raises SettingsError for a project that
    does not know the pixels in a degree, a plan that cannot be carried out, and when there is
    no viewing to make maps of.
    """
    _check(project, plan)
    made: list[Attention] = []
    left_out: list[tuple[str, str, str]] = []
    longest_px = 0.0
    for done, stimulus in enumerate(project.stimuli.values()):
        yield Step(done, len(project.stimuli), stimulus.id)
        paths = [path for path in project.scanpaths_of(stimulus.id) if _is_meant(path, plan)]
        timed = paths if plan.by_fixation else [path for path in paths if has_times(path)]
        left_out += [(p.participant, stimulus.id, "no durations") for p in paths if p not in timed]
        if timed:
            made.append(_gradient(stimulus, timed, plan, project.settings.px_per_deg))
            longest_px = max(longest_px, math.hypot(*stimulus.shape))
    if not made:
        raise SettingsError(
            "The durations of the fixations are not known." if left_out else _NO_FIXATIONS,
            "Use --by-fixation: it needs their order alone." if left_out else "",
        )
    return Gradients(tuple(made), tuple(left_out), longest_px / 2 / project.settings.px_per_deg)


_NO_FIXATIONS = "The project has no fixations in use to make maps of."


def _is_meant(path: Scanpath, plan: GradientPlan) -> bool:
    return plan.participant in ("", path.participant) and bool(path.used.any())


def _gradient(
    stimulus: Stimulus, paths: Sequence[Scanpath], plan: GradientPlan, px_per_deg: float
) -> Attention:
    """Return the mean of the gradients of viewings; by fixation, of those that go so far."""
    found = [_weights(path, plan) for path in paths]
    steps = _number_of_steps([len(each) for each in found], plan)
    counts = np.sum([np.arange(steps) < len(each) for each in found], axis=0)
    used = np.concatenate([path.used for path in paths])
    maps = gradient_maps(
        np.concatenate([path.x_px for path in paths])[used],
        np.concatenate([path.y_px for path in paths])[used],
        joined_weights(found, steps)[:, used] / counts[:, None],
        stimulus.shape,
        plan.kernel,
        px_per_deg,
        grid_for(stimulus.shape, plan.kernel.width_deg * px_per_deg, _CELLS),
    )
    return Attention(
        stimulus.id,
        plan.source,
        "attention",
        maps,
        tuple(str(step + 1) for step in range(steps)),
        _note(paths, plan, px_per_deg),
        step_notes=tuple(f"n = {count}" for count in counts),
    )


def _weights(path: Scanpath, plan: GradientPlan) -> np.ndarray:
    """Return (T, n): by fixation a row for each fixation, else one for each share of the time."""
    if plan.by_fixation:
        return weights_by_fixation(path, plan.rho)
    return weights_in_time(path, end_of_shares(path, plan.steps or 4), plan.tau_ms)


def _number_of_steps(lengths: Sequence[int], plan: GradientPlan) -> int:
    wanted = plan.steps
    if wanted is None:
        wanted = sorted(lengths)[len(lengths) // 2]
    return min(wanted, max(lengths), MOST_STEPS)


def _note(paths: Sequence[Scanpath], plan: GradientPlan, px_per_deg: float) -> str:
    when = "after each fixation" if plan.by_fixation else "at the end of equal shares of the time"
    synthetic = not plan.by_fixation and any(path.origin.synthetic_onsets for path in paths)
    parts = [f"made of fixations, {when}", f"{px_per_deg:g} px per deg"]
    return "; ".join([*parts, _SYNTHETIC] if synthetic else parts)


def _check(project: Project, plan: GradientPlan) -> None:
    check_scale(project.settings.px_per_deg)
    if plan.participant and plan.participant not in project.participants:
        known = ", ".join(project.participants[:5])
        raise SettingsError(
            f"The project has no participant '{plan.participant}'.", f"It has: {known}."
        )
    if plan.steps is not None and not 1 <= plan.steps <= MOST_STEPS:
        raise SettingsError(f"There are 1 to {MOST_STEPS} maps of a stimulus, not {plan.steps}.")
    if not plan.by_fixation and not plan.tau_ms > 0:
        raise SettingsError(f"The time constant must be more than 0 ms, not {plan.tau_ms:g}.")
