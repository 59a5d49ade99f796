"""Every metric by name, with what a reader of its number must know."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from gazelab.data.scores import GOLD_STANDARD, INTER_OBSERVER
from gazelab.errors import SettingsError
from gazelab.metrics import maps, points, variants
from gazelab.metrics.comparison import Prediction, Truth

_NEEDS: dict[str, tuple[Callable[[Prediction, Truth], bool], str]] = {
    "fixations": (lambda _, truth: len(truth.cells) > 0, "no fixations in use"),
    "two fixations": (
        lambda _, truth: len(truth.distinct) > 1,
        "fewer than two fixations in different pixels",
    ),
    "density": (lambda _, truth: truth.mass > 0, "no fixations in use"),
    "structure": (lambda _, truth: truth.varies, "the human density is constant"),
    "others": (
        lambda _, truth: truth.others is not None and len(truth.others) > 0,
        "no fixations on other stimuli",
    ),
    "baseline": (
        lambda _, truth: truth.baseline is not None,
        "no fixations on other stimuli for the centre bias",
    ),
    "contrast": (lambda prediction, _: prediction.varies, "the map is constant"),
    "mass": (lambda prediction, _: prediction.total > 0, "the map is 0 everywhere"),
    "people": (lambda *_: False, "told for final maps and all fixations, with the baselines"),
}
"""What a metric may need: a check, and the reason to give when it fails."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric in one variant.

    id : what `--metric` takes and tables show. needs : names of what must be there for the
    value to be defined. direction : "higher" or "lower" is better. range : of possible
    values. definition : one sentence for the data dictionary. compute : the function.
    of : id of the metric that this one sets in relation to the baseline `level`; it takes
    several rows of scores and is filled in by `gazelab.study.relative`.
    decided_by_zeros : whether a few fixations where the map is 0 decide the value, which is
    then said beside it.
    """

    id: str
    title: str
    variant: str
    unit: str
    range: tuple[float, float]
    direction: str
    needs: tuple[str, ...]
    citation: str
    definition: str
    compute: Callable[[Prediction, Truth], float]
    of: str = ""
    level: str = ""
    decided_by_zeros: bool = False

    @property
    def uses_density(self) -> bool:
        """Whether the value depends on the blur of the human density."""
        return "density" in self.needs

    @property
    def uses_others(self) -> bool:
        """Whether the value depends on the fixations on other stimuli."""
        return "others" in self.needs or "baseline" in self.needs

    def evaluate(self, prediction: Prediction, truth: Truth) -> tuple[float, str]:
        """Return (value, remark, mostly ""), or (NaN, reason)."""
        for need in self.needs:
            there, reason = _NEEDS[need]
            if not there(prediction, truth):
                return math.nan, reason
        value = self.compute(prediction, truth)
        if value != value:
            return value, "undefined for this map and these fixations"
        return value, _on_zeros(prediction, truth) if self.decided_by_zeros else ""


Found = dict[str, tuple[float, str]]
"""What `Metric.evaluate` returned, by the ids of the metrics."""


def evaluate_all(metrics: Sequence[Metric], prediction: Prediction, truth: Truth) -> Found:
    """Return what each metric finds; quicker than one by one if CC, SIM and KL are among them."""
    together = {maps.cc, maps.sim, maps.kl} <= {metric.compute for metric in metrics}
    if together and prediction.total > 0 and truth.mass > 0:
        prediction.sum_up(truth)
    return {metric.id: metric.evaluate(prediction, truth) for metric in metrics}


ON_ZEROS = "of the fixations lie where the map is 0"
_FEW = 0.01


def _on_zeros(prediction: Prediction, truth: Truth) -> str:
    """Return how many fixations lie where the map as a density is 0; "" for at most 1 %."""
    values = prediction.flat[truth.cells]
    share = float((values <= min(prediction.lowest, 0.0)).mean()) if len(values) else 0.0
    return f"{share:.0%} {ON_ZEROS}" if share > _FEW else ""


_INF = math.inf
_PETERS = "Peters et al. (2005), Vision Research 45, 2397-2416"
_TATLER = "Tatler et al. (2005), Vision Research 45, 643-659"
_ZHANG = "Zhang et al. (2008), Journal of Vision 8(7):32"
_JUDD = "Judd et al. (2012), MIT-CSAIL-TR-2012-001"
_BYLINSKII = "Bylinskii et al. (2019), IEEE TPAMI 41, 740-757"
_BORJI = "Borji et al. (2013), IEEE TIP 22, 55-69"
_KUMMERER_2018 = "Kümmerer et al. (2018), ECCV 2018: Saliency Benchmarking Made Easy"
_XU = "Xu et al. (2014), Journal of Vision 14(1):28"
_SPEARMAN = "Spearman (1904), American Journal of Psychology 15, 72-101"
_LIN = "Lin (1991), IEEE Transactions on Information Theory 37, 145-151"
_RUBNER = "Rubner et al. (2000), International Journal of Computer Vision 40, 99-121"
_KUMMERER = "Kümmerer et al. (2015), PNAS 112, 16054-16059"


def _of_several_rows(_: Prediction, __: Truth) -> float:
    return math.nan


METRICS: tuple[Metric, ...] = (
    Metric(
        "nss", "NSS", "population standard deviation, every fixation counts", "sd",
        (-_INF, _INF), "higher", ("fixations", "contrast"), _PETERS,
        "Mean over fixations of the z-score of the map at the fixation.", points.nss,
    ),
    Metric(
        "cc", "CC", "Pearson, human density by Gaussian sum", "1",
        (-1.0, 1.0), "higher", ("density", "structure", "contrast"), _BYLINSKII,
        "Pearson's correlation over pixels of the map and the human density.", maps.cc,
    ),
    Metric(
        "auc", "AUC", "exact, against all pixels, ties 1/2", "1",
        (0.0, 1.0), "higher", ("fixations",), _TATLER,
        "Chance that the map is higher at a fixation than at a pixel drawn from the whole map.",
        points.auc,
    ),
    Metric(
        "sauc", "s-AUC", "exact, against all fixations on other stimuli, ties 1/2", "1",
        (0.0, 1.0), "higher", ("fixations", "others"), _ZHANG,
        "Chance that the map is higher at a fixation than at a fixation made on another "
        "stimulus, moved here in proportion to the sizes.", points.shuffled_auc,
    ),
    Metric(
        "kl", "KL", "sum-normalised, e = 2.22e-16", "nat",
        (0.0, _INF), "lower", ("density", "mass"), _BYLINSKII,
        "Kullback-Leibler divergence of the map from the human density, both as densities.",
        maps.kl, decided_by_zeros=True,
    ),
    Metric(
        "sim", "SIM", "sum-normalised", "1",
        (0.0, 1.0), "higher", ("density", "mass"), _JUDD,
        "Sum over pixels of the smaller of the map and the human density, both as densities.",
        maps.sim,
    ),
    Metric(
        "ig", "IG", "sum-normalised, 1 % uniform, over the centre bias", "bit",
        (-_INF, _INF), "higher", ("fixations", "baseline", "mass"), _KUMMERER,
        "Mean over fixations of the log2 ratio of the map's density to the centre bias of the "
        "other stimuli.", points.information_gain,
    ),
)  # fmt: skip
"""The metrics computed unless others are asked for."""

VARIANTS: tuple[Metric, ...] = (
    Metric(
        "auc-unfixated", "AUC (unfixated)", "exact, against unfixated pixels, ties 1/2", "1",
        (0.0, 1.0), "higher", ("fixations",), _TATLER,
        "Chance that the map is higher at a fixation than at a pixel nobody fixated.",
        variants.auc_unfixated,
    ),
    Metric(
        "auc-fixation-thresholds", "AUC (fixation thresholds)",
        "against unfixated pixels, thresholds at fixations", "1",
        (0.0, 1.0), "higher", ("fixations",), _BYLINSKII,
        "ROC area against unfixated pixels with thresholds only at the fixated values.",
        variants.auc_fixation_thresholds,
    ),
    Metric(
        "auc-judd", "AUC-Judd", "MIT, without jitter", "1",
        (-_INF, 1.0), "higher", ("fixations", "contrast"), _JUDD,
        "ROC area with thresholds at merged fixations; ties are not counted half, and can push "
        "it below 0 on a map of few pixels.",
        variants.judd_auc,
    ),
    Metric(
        "auc-judd-jitter", "AUC-Judd (jitter)", "MIT, jitter 1e-7, seed 0", "1",
        (-_INF, 1.0), "higher", ("fixations", "contrast"), _JUDD,
        "AUC-Judd after a random number below 1e-7 was added to each pixel, which breaks ties "
        "unless the map has values so large that it is lost.",
        variants.judd_auc_with_jitter,
    ),
    Metric(
        "auc-borji", "AUC-Borji", "MIT, threshold spacing 0.1, 100 draws, seed 0", "1",
        (0.0, 1.0), "higher", ("two fixations", "contrast"), _BORJI,
        "Mean ROC area of merged fixations against as many random pixels.",
        variants.borji_auc,
    ),
    Metric(
        "auc-borji-fine", "AUC-Borji (fine)",
        "MIT, threshold spacing 0.001, 100 draws, seed 0", "1",
        (0.0, 1.0), "higher", ("two fixations", "contrast"), _BORJI,
        "AUC-Borji with thresholds 0.001 apart.", partial(variants.borji_auc, spacing=0.001),
    ),
    Metric(
        "sauc-mit", "s-AUC (MIT)", "MIT, threshold spacing 0.1, 100 draws, seed 0", "1",
        (0.0, 1.0), "higher", ("fixations", "others", "contrast"), _ZHANG,
        "Mean ROC area of merged fixations against random merged fixations on other stimuli.",
        variants.mit_shuffled_auc,
    ),
    Metric(
        "sauc-mit-fine", "s-AUC (MIT, fine)",
        "MIT, threshold spacing 0.001, 100 draws, seed 0", "1",
        (0.0, 1.0), "higher", ("fixations", "others", "contrast"), _ZHANG,
        "MIT's shuffled AUC with thresholds 0.001 apart.",
        partial(variants.mit_shuffled_auc, spacing=0.001),
    ),
    Metric(
        "nss-merged", "NSS (merged)", "population standard deviation, merged fixations", "sd",
        (-_INF, _INF), "higher", ("fixations", "contrast"), _PETERS,
        "NSS in which a pixel fixated several times counts once.", variants.nss_merged,
    ),
    Metric(
        "nss-mit", "NSS (MIT)", "MIT, merged fixations, standard deviation with N - 1", "sd",
        (-_INF, _INF), "higher", ("fixations", "contrast"), _PETERS,
        "NSS of merged fixations with the sample standard deviation.", variants.mit_nss,
    ),
    Metric(
        "sim-mit", "SIM (MIT)", "MIT, stretched to 0..1, then sum-normalised", "1",
        (0.0, 1.0), "higher", ("density", "structure", "contrast"), _JUDD,
        "Similarity after both maps were stretched to 0..1.", variants.mit_sim,
    ),
    Metric(
        "kl-rounded", "KL (2.2204e-16)", "sum-normalised, e = 2.2204e-16", "nat",
        (0.0, _INF), "lower", ("density", "mass"), _BYLINSKII,
        "Kullback-Leibler divergence with the constant some toolboxes round to 2.2204e-16.",
        variants.kl_rounded_epsilon, decided_by_zeros=True,
    ),
    Metric(
        "kl-minimum", "KL (minimum)", "minimum 1e-20, then sum-normalised", "nat",
        (0.0, _INF), "lower", ("density", "mass"), _KUMMERER_2018,
        "Kullback-Leibler divergence after 1e-20 was added to both maps.", variants.kl_minimum,
        decided_by_zeros=True,
    ),
    Metric(
        "kl-mixed", "KL (mixed)", "sum-normalised, 1 % uniform", "nat",
        (0.0, _INF), "lower", ("density", "mass"), _BYLINSKII,
        "Kullback-Leibler divergence of the map, mixed with 1 % of a uniform density, from the "
        "human density.", variants.kl_mixed,
    ),
    Metric(
        "ig-unmixed", "IG (unmixed)", "sum-normalised, over the centre bias", "bit",
        (-_INF, _INF), "higher", ("fixations", "baseline", "mass"), _KUMMERER,
        "Information gain of the map divided by its sum, with nothing mixed in.",
        variants.ig_unmixed, decided_by_zeros=True,
    ),
    Metric(
        "ig-mit", "IG (MIT)", "MIT, stretched to 0..1, merged fixations, centre bias", "bit",
        (-_INF, _INF), "higher", ("fixations", "baseline", "contrast"), _BYLINSKII,
        "Information gain of merged fixations after map and baseline were stretched to 0..1.",
        variants.mit_ig, decided_by_zeros=True,
    ),
    Metric(
        "ll", "LL", "sum-normalised, over uniform", "bit",
        (-_INF, _INF), "higher", ("fixations", "mass"), _KUMMERER,
        "Mean over fixations of the log2 ratio of the map's density to a uniform one.",
        points.log_likelihood, decided_by_zeros=True,
    ),
    Metric(
        "spearman", "Spearman", "ties at their mean rank, human density by Gaussian sum", "1",
        (-1.0, 1.0), "higher", ("density", "structure", "contrast"), _SPEARMAN,
        "Spearman's rank correlation over pixels of the map and the human density.",
        maps.spearman,
    ),
    Metric(
        "js", "JS", "sum-normalised, base 2", "bit",
        (0.0, 1.0), "lower", ("density", "mass"), _LIN,
        "Jensen-Shannon divergence of the map and the human density, both as densities.",
        maps.js,
    ),
    Metric(
        "emd", "EMD", "sum-normalised, at most 24 cells on the longer side, Euclidean",
        "diagonals", (0.0, 1.0), "lower", ("density", "mass"), _RUBNER,
        "Least mean distance over which the mass of the map is moved to become the human "
        "density, in diagonals of the stimulus.", maps.emd,
    ),
    Metric(
        "auc-normalised", "nAUC", "exact AUC, inter-observer at 1, chance at 1/2", "1",
        (-_INF, _INF), "higher", ("people",), _XU,
        "1/2 + 1/2 (AUC - 1/2) / (A - 1/2), with A the inter-observer AUC of the same stimulus.",
        _of_several_rows, of="auc", level=INTER_OBSERVER,
    ),
    Metric(
        "ig-explained", "IG explained", "IG over the mean IG of the KDE gold standard", "1",
        (-_INF, _INF), "higher", ("people",), _KUMMERER,
        "Information gain divided by the mean information gain of the KDE gold standard over all "
        "stimuli, so that the mean over stimuli is the share explained.",
        _of_several_rows, of="ig", level=GOLD_STANDARD,
    ),
)  # fmt: skip
"""Other published definitions, computed on request."""

RELATIVE = tuple(metric for metric in VARIANTS if metric.of)
"""Those in relation to what people reach: for final maps and all fixations, not single steps."""

TO_GOLD_STANDARD = frozenset(metric.id for metric in RELATIVE if metric.level == GOLD_STANDARD)
"""Ids of those whose scores tell the blur of the KDE gold standard, and not that of the plan."""

_BY_ID = {metric.id: metric for metric in (*METRICS, *VARIANTS)}


def metric_of(metric_id: str) -> Metric:
    """Return the metric of this id; raises SettingsError with the known ids."""
    if metric_id not in _BY_ID:
        raise SettingsError(f"There is no metric '{metric_id}'.", f"Known: {', '.join(_BY_ID)}.")
    return _BY_ID[metric_id]
