"""From the last map of a network to a density over the positions of its grid."""

from torch import Tensor
from torch.nn import functional as F

_TINY = 1e-12


def as_log_density(positive: Tensor) -> Tensor:
    """Stretch maps >= 0 twofold and normalise each: its exp sums to 1 over positions.

    (n, steps, rows, columns) -> log density (n, steps, 2 rows, 2 columns). A map that is 0
    everywhere gives an even density.
    """
    fine = F.interpolate(positive, scale_factor=2.0, mode="bilinear", align_corners=False)
    fine = fine.clamp_min(_TINY)
    return (fine / fine.sum((-2, -1), keepdim=True)).log()
