"""The means of scores as tables of text: sources against metrics, and by step."""

import math
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from gazelab.cli.output import columns
from gazelab.data.attention import OF_PEOPLE
from gazelab.data.counted import counted
from gazelab.data.geometry import Blur
from gazelab.data.scores import GOLD_STANDARD, Score
from gazelab.errors import SettingsError
from gazelab.metrics.baseline_catalog import Baseline
from gazelab.metrics.catalog import ON_ZEROS, metric_of
from gazelab.report.baselines import baselines_in, gold_standard_told
from gazelab.report.summary import Summary

_ARROWS = {"higher": "↑", "lower": "↓", "": ""}
_PLAIN_ARROWS = {"higher": "(+)", "lower": "(-)", "": ""}


def score_lines(summaries: Sequence[Summary], blur: Blur) -> list[str]:
    """Return the tables: final maps first, then single steps where there are any."""
    final = [summary for summary in summaries if not summary.step]
    steps = sorted(
        (summary for summary in summaries if summary.step),
        key=lambda summary: (summary.fixations != "all", summary.step),
    )
    lines = ["Final maps, mean over pictures", *_table(final)]
    if steps:
        lines += ["", "By step, mean over pictures", *_table(steps)]
    return [*lines, "", *_legend(summaries, blur)]


def zero_lines(scores: Iterable[Score]) -> list[str]:
    """Return for which sources, metrics and pictures zeros of the final map decide the value."""
    found: Counter[tuple[str, str]] = Counter()
    for score in scores:
        if not score.step and ON_ZEROS in score.note:
            found[score.source, score.metric] += 1
    lines = [
        f"{source}, {metric}: decided by zeros on {counted(number, 'picture')}, where more than "
        f"1 % {ON_ZEROS}"
        for (source, metric), number in found.items()
    ]
    mixed = "kl-mixed and ig mix 1 % of a uniform density into the map first"
    return [*lines, mixed] if lines else []


def people_lines(scores: Iterable[Score]) -> list[str]:
    """Return for which sources the scores say little, as they are made of the same fixations."""
    sources = dict.fromkeys(score.source for score in scores)
    return [
        f"{source}: no model; made of fixations that it is scored against"
        for source in sources
        if source.startswith(OF_PEOPLE)
    ]


def baseline_lines(scores: Sequence[Score]) -> list[str]:
    """Return what the baselines are that were asked for, and what was chosen for them."""
    found = {source: it for source, it in baselines_in(scores).items() if not it.always}
    lines = [f"{' and '.join(sources)}: {baseline.definition}"
             for baseline, sources in _by_baseline(found).items()]  # fmt: skip
    chosen = gold_standard_told(scores)
    return [*lines, f"{GOLD_STANDARD} chosen: {chosen}"] if chosen else lines


def _by_baseline(found: dict[str, Baseline]) -> dict[Baseline, list[str]]:
    sources: dict[Baseline, list[str]] = {}
    for source, baseline in found.items():
        sources.setdefault(baseline, []).append(source)
    return sources


def score_data(summaries: Sequence[Summary]) -> list[dict[str, Any]]:
    """Return the summaries as data for JSON."""
    return [asdict(summary) for summary in summaries]


def _table(summaries: Sequence[Summary]) -> list[str]:
    metrics = list(dict.fromkeys(summary.metric for summary in summaries))
    by_step = any(summary.step for summary in summaries)
    rows: dict[tuple[str, ...], dict[str, Summary]] = {}
    for summary in summaries:
        rows.setdefault(_row_key(summary, by_step=by_step), {})[summary.metric] = summary
    steps = ["fixations", "step"] if by_step else []
    head = ["source", "maps", *steps, "pictures", *map(_heading, metrics)]
    body = [
        [*key, _pictures(found), *(_value(found.get(metric)) for metric in metrics)]
        for key, found in rows.items()
    ]
    return columns([head, *body], numbers_from=2 + by_step)


def _row_key(summary: Summary, *, by_step: bool) -> tuple[str, ...]:
    key = (summary.source, summary.kind or "-")
    return (*key, summary.fixations, str(summary.step)) if by_step else key


def _pictures(found: dict[str, Summary]) -> str:
    return str(max(summary.n_stimuli + summary.n_undefined for summary in found.values()))


def _value(summary: Summary | None) -> str:
    """Return a mean; "*n" behind it says on how many pictures it is undefined."""
    if summary is None:
        return ""
    mean = "NA" if math.isnan(summary.mean) else f"{summary.mean:z.3f}"
    return f"{mean} *{summary.n_undefined}" if summary.n_undefined else mean


def _heading(metric: str) -> str:
    try:
        known = metric_of(metric)
    except SettingsError:
        return metric
    return f"{known.title} {_arrows()[known.direction]}"


def _legend(summaries: Sequence[Summary], blur: Blur) -> list[str]:
    arrows = _arrows()
    degrees = "" if math.isnan(blur.sigma_deg) else f", {blur.sigma_deg:g} deg"
    lines = [
        f"{arrows['higher']} higher is better, {arrows['lower']} lower is better",
        f"human density: Gaussian of {blur.sigma_px:g} pixels{degrees}",
    ]
    final = [summary for summary in summaries if not summary.step]
    if final:
        most = max(final, key=lambda summary: summary.n_fixations + summary.n_excluded)
        lines.append(
            f"{most.n_fixations:,} fixations of all participants, {most.n_excluded:,} more are "
            "excluded"
        )
    if any(summary.n_undefined for summary in summaries):
        lines.append("*n: undefined on n pictures, which do not enter the mean")
    first = {summary.metric: summary for summary in reversed(summaries)}
    for metric in dict.fromkeys(summary.metric for summary in summaries):
        unit = "" if first[metric].unit == "1" else f" [{first[metric].unit}]"
        lines.append(f"{_heading(metric)}{unit}: {first[metric].variant}")
    return lines


def _arrows() -> dict[str, str]:
    try:
        "↑↓".encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return _PLAIN_ARROWS
    return _ARROWS
