"""The attention gradient: attention falls off around each fixation, builds up and decays.

Gradient theory says that attention is densest at its focus, falls off with the distance from
it, and reflects earlier allocations beside the present one. It gives no formula. What is
computed here is our interpretation of it, not a published model:

    A(x, t) = sum over fixations k begun by t of  d_k(t) * decay * g(|x - f_k| / px_per_deg)

In time, d_k(t) is the duration of fixation k elapsed by t, in ms, and decay is exp(-u / tau),
u the time since the fixation ended, 1 while it lasts; tau = inf is the ordinary density
weighted by duration. By fixation, d is 1, and decay after fixation n is rho^(n - k); rho = 0
leaves the fixation of the moment. The falloff g is one of `FALLOFFS`, 1 at the fixation.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from gazelab.data.gaze import Scanpath, Vector
from gazelab.errors import SettingsError
from gazelab.gaze.density import density

_BLOCK = 32  # fixations whose distances to all cells are held at a time


@dataclass(frozen=True, slots=True)
class Falloff:
    """How attention falls off with eccentricity e from a fixation.

    width_deg : the default of its one parameter w. about : the formula. of : g at u = e / w.
    mass : the integral of g(u) u from 0 to u, `math.inf` where it has no bound.
    """

    id: str
    width_deg: float
    about: str
    of: Callable[[np.ndarray], np.ndarray]
    mass: Callable[[float], float]


FALLOFFS = (
    Falloff(
        "gaussian",
        1.0,
        "exp(-e^2 / 2w^2)",
        lambda u: np.exp(-0.5 * np.square(u)),
        lambda u: -math.expm1(-u * u / 2),
    ),
    Falloff(
        "exponential",
        1.0,
        "exp(-e / w)",
        lambda u: np.exp(-u),
        lambda u: 1 - (1 + u) * math.exp(-u) if math.isfinite(u) else 1.0,
    ),
    Falloff(
        "acuity",
        2.3,
        "1 / (1 + e / w)",
        lambda u: 1 / (1 + u),
        lambda u: u - math.log1p(u) if math.isfinite(u) else math.inf,
    ),
    Falloff(
        "spotlight",
        2.0,
        "1 where e <= w, else 0",
        lambda u: (u <= 1).astype(u.dtype),
        lambda u: min(u, 1) ** 2 / 2,
    ),
)


@dataclass(frozen=True, slots=True)
class Kernel:
    """A falloff of a certain width in degrees of visual angle."""

    falloff: Falloff
    width_deg: float

    def __str__(self) -> str:
        return f"{self.falloff.id} {self.width_deg:g} deg"

    def radius_deg(self, share: float, field_deg: float = math.inf) -> float:
        """Return the effective range: the radius that holds a share of the mass of the kernel.

        share : in (0, 1). field_deg : only what lies within this radius counts. NaN where the
        mass has no bound, as that of acuity without a field.
        """
        mass = self.falloff.mass
        whole = mass(field_deg / self.width_deg)
        if not math.isfinite(whole):
            return math.nan
        low, high = 0.0, 1.0
        while mass(high) < share * whole:
            high *= 2
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if mass(middle) < share * whole else (low, middle)
        return high * self.width_deg


def kernel_of(name: str, width_deg: float | None = None) -> Kernel:
    """Return a kernel by the id of its falloff, with its default width when None.

    Raises SettingsError for an unknown name and a width that is not above 0.
    """
    for falloff in FALLOFFS:
        if falloff.id == name:
            width = falloff.width_deg if width_deg is None else width_deg
            if not 0 < width < math.inf:
                raise SettingsError(f"The kernel must be wider than 0 degrees, not {width:g}.")
            return Kernel(falloff, width)
    known = ", ".join(falloff.id for falloff in FALLOFFS)
    raise SettingsError(f"There is no kernel '{name}'.", f"Known: {known}.")


@dataclass(frozen=True, slots=True)
class FixationGradient:
    """The attention gradient after each fixation.

    rho : what is left of it one fixation later, in [0, 1]; SettingsError for any other.
    """

    kernel: Kernel
    rho: float = 0.5

    def __post_init__(self) -> None:
        check_rho(self.rho)

    def __str__(self) -> str:
        return f"{self.kernel}, rho {self.rho:g}"


def has_times(scanpath: Scanpath) -> bool:
    """Whether all fixations in use have an onset and a duration."""
    used = scanpath.used
    known = np.isfinite(scanpath.onset_ms[used]) & (scanpath.duration_ms[used] > 0)
    return bool(known.all()) and math.isfinite(scanpath.end_ms)


def weights_in_time(scanpath: Scanpath, times_ms: Vector, tau_ms: float) -> np.ndarray:
    """Return (T, n) float64: the weight of each fixation at each time, in ms.

    times_ms : (T,) from stimulus onset. tau_ms : > 0, math.inf for no decay. The weights of
    excluded fixations are 0. Raises SettingsError where the times of others are not known.
    """
    if not tau_ms > 0:
        raise SettingsError(f"The time constant must be more than 0 ms, not {tau_ms:g}.")
    if not has_times(scanpath):
        raise SettingsError(
            f"The durations of fixations of {scanpath.participant} on {scanpath.stimulus} are "
            "not known.",
            "Let attention decay by fixation instead of by time.",
        )
    onset_ms = np.where(scanpath.used, scanpath.onset_ms, math.inf)
    duration_ms = np.where(scanpath.used, scanpath.duration_ms, 0)
    elapsed_ms = np.subtract.outer(np.asarray(times_ms, float), onset_ms)
    since_ms = np.maximum(elapsed_ms - duration_ms, 0)
    with np.errstate(over="ignore", under="ignore"):  # long past, in units of a tiny tau
        return np.clip(elapsed_ms, 0, duration_ms) * np.exp(-since_ms / tau_ms)


def weights_by_fixation(scanpath: Scanpath, rho: float) -> np.ndarray:
    """Return (n, n) float64: the weight of each fixation (columns) after each (rows).

    rho : what is left of a weight one fixation later, in [0, 1]. The weights of excluded
    fixations are 0; they count as fixations after which others have decayed.
    """
    check_rho(rho)
    behind = np.subtract.outer(np.arange(len(scanpath)), np.arange(len(scanpath)))
    weights: np.ndarray = np.where(behind >= 0, float(rho) ** np.maximum(behind, 0), 0)
    return weights * scanpath.used


def joined_weights(weights: Iterable[np.ndarray], steps: int) -> np.ndarray:
    """Return (steps, n): the weights of all fixations of several scanpaths.

    weights : (T, n) for each scanpath. One that ends before has weights of 0 from there.
    """
    return np.concatenate(
        [np.pad(each[:steps], ((0, max(steps - len(each), 0)), (0, 0))) for each in weights], axis=1
    )


def end_of_shares(scanpath: Scanpath, steps: int) -> Vector:
    """Return (steps,) the ends in ms of equal shares of the viewing time."""
    return scanpath.end_ms * np.arange(1, steps + 1) / steps


def gradient_maps(
    x_px: Vector,
    y_px: Vector,
    weights: np.ndarray,
    shape: tuple[float, float],
    kernel: Kernel,
    px_per_deg: float,
    grid: tuple[int, int],
) -> np.ndarray:
    """Sum a kernel around each fixation, by the weights of each step.

    Parameters
    ----------
    x_px, y_px : (n,), finite. weights : (T, n), >= 0.
    shape : (height_px, width_px) of the stimulus. grid : (rows, columns) covering it.

    Returns
    -------
    (T, rows, columns) float32, the values at the centres of the cells, not normalised. A Gaussian
    is separable and takes the fast way of `density`. Raises SettingsError where the pixels in a
    degree are not known.
    """
    check_scale(px_per_deg)
    width_px = kernel.width_deg * px_per_deg
    maps = np.zeros((len(weights), *grid), np.float32)
    if kernel.falloff.id == "gaussian":
        for weight, out in zip(weights, maps, strict=True):
            seen = weight > 0
            density(
                x_px[seen], y_px[seen], shape, width_px, weights=weight[seen], out=out, grid=grid
            )
        return maps
    across = (np.arange(grid[1]) + 0.5) * (shape[1] / grid[1])
    down = (np.arange(grid[0]) + 0.5) * (shape[0] / grid[0])
    share = weights.astype(np.float32)
    for start in range(0, len(x_px), _BLOCK):
        block = slice(start, start + _BLOCK)
        # float32 from here on: the maps are, and it takes a fifth of the time
        dx = (np.subtract.outer(x_px[block], across) / width_px).astype(np.float32)[:, None, :]
        dy = (np.subtract.outer(y_px[block], down) / width_px).astype(np.float32)[:, :, None]
        values = kernel.falloff.of(np.sqrt(dx * dx + dy * dy))
        maps += np.tensordot(share[:, block], values, 1)
    return maps


def check_rho(rho: float) -> None:
    """Raise SettingsError for what cannot be left one fixation later."""
    if not 0 <= rho <= 1:
        raise SettingsError(f"What is left after a fixation is a share from 0 to 1, not {rho:g}.")


def check_scale(px_per_deg: float) -> None:
    """Raise SettingsError where the pixels in one degree are not known."""
    if not 0 < px_per_deg < math.inf:
        raise SettingsError(
            "The project does not know how many pixels are one degree.",
            "Say it under Layers, or with `gazelab import PROJECT --px-per-degree P`.",
        )


def grid_for(shape: tuple[int, int], width_px: float, longest: tuple[int, int]) -> tuple[int, int]:
    """Return (rows, columns): three cells in the width of a kernel, within bounds.

    longest : the fewest and the most cells along the longer side; never more than pixels.
    """
    length = max(shape)
    cells = min(max(math.ceil(3 * length / width_px), longest[0]), longest[1], length)
    return max(round(shape[0] * cells / length), 1), max(round(shape[1] * cells / length), 1)
