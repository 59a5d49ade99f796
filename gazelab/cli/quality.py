"""The verbs on data quality: tell it, and exclude what is not good enough."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gazelab.cli.output import Outcome, Progress, columns
from gazelab.cli.project import SIMULATED, dropped_scores, project_folder
from gazelab.errors import SettingsError
from gazelab.task import finish

if TYPE_CHECKING:
    from gazelab.data.exclusion import ExclusionRule
    from gazelab.project.project import Project
    from gazelab.report.quality import QualityRow

_COLUMNS = (
    ("samples", "n_samples", ",.0f"),
    ("loss %", "loss_percent", ".1f"),
    ("off stimulus %", "off_stimulus_percent", ".1f"),
    ("Hz", "rate_hz", ".4g"),
    ("effective Hz", "effective_rate_hz", ".4g"),
    ("gaps", "n_gaps", ",.0f"),
    ("longest ms", "longest_gap_ms", ",.0f"),
    ("RMS-S2S deg", "rms_s2s_deg", ".3f"),
    ("STD deg", "std_deg", ".3f"),
    ("accuracy deg", "accuracy_deg", ".2f"),
    ("precision deg", "precision_deg", ".2f"),
    ("fixations", "n_fixations", ",.0f"),
    ("excluded", "n_excluded", ",.0f"),
)


def quality_(arguments: argparse.Namespace, progress: Progress) -> Outcome:
    """Tell the data quality of a project, and a sentence for a methods section."""
    from gazelab.project import store
    from gazelab.study.quality import study_quality

    folder = project_folder(arguments.project)
    project = store.load(folder)
    found = finish(study_quality(project), progress)
    lines = _table(found.trials if arguments.trials else found.participants, arguments.trials)
    lines += ["", found.sentence or "There is no gaze in this project."]
    if project.simulated:
        lines.insert(0, SIMULATED)
    data = {
        "project": str(folder),
        "simulated": project.simulated,
        "participants": [asdict(row) for row in found.participants],
        "trials": [asdict(row) for row in found.trials],
        "sentence": found.sentence,
    }
    return Outcome(lines, data)


def exclude_(arguments: argparse.Namespace, _: Progress) -> Outcome:
    """List the rules of exclusion, make one, or take one back."""
    from gazelab.project import store

    folder = project_folder(arguments.project)
    project = store.load(folder)
    changed = _changed(project, arguments)
    if changed is not None:
        store.save(changed, folder)
    now = changed or project
    lines = _rule_lines(now)
    if changed is not None:
        lines += dropped_scores(project)
    return Outcome(lines, {"project": str(folder), **_rule_data(now)})


def _table(rows: "Sequence[QualityRow]", by_trial: bool) -> list[str]:
    if not rows:
        return []
    names = ["participant", "stimulus", "trial"] if by_trial else ["participant", "trials"]
    head = [*names, *(title for title, _, _ in _COLUMNS)]
    body = [
        [
            *(row.key if by_trial else (row.participant, str(row.n_trials))),
            *(_number(getattr(row, name), style) for _, name, style in _COLUMNS),
        ]
        for row in rows
    ]
    return columns([head, *body], numbers_from=3 if by_trial else 1)


def _number(value: float, style: str) -> str:
    return "NA" if math.isnan(value) else format(value, style)


def _changed(project: "Project", arguments: argparse.Namespace) -> "Project | None":
    """Return the project with a rule more or less, None when the rules are only listed."""
    if arguments.remove is not None:
        rules = list(project.rules)
        if not 1 <= arguments.remove <= len(rules):
            raise SettingsError(
                f"There is no rule {arguments.remove}.", "`gazelab exclude --list` numbers them."
            )
        del rules[arguments.remove - 1]
        return project.with_rules(rules)
    named = (arguments.participant, arguments.stimulus, arguments.trial, arguments.what)
    if not arguments.list and any(named):
        return project.with_rules([*project.rules, _rule(project, arguments)])
    if arguments.limit_ms is not None or arguments.reason:
        raise SettingsError("What is to be excluded is not said.", "Give --participant or --what.")
    return None


def _rule(project: "Project", arguments: argparse.Namespace) -> "ExclusionRule":
    from gazelab.data.exclusion import ExclusionRule, dated

    known = {
        "participant": project.participants,
        "stimulus": tuple(project.stimuli),
        "trial": tuple({path.trial for path in project.scanpaths}),
    }
    for name, values in known.items():
        value = getattr(arguments, name)
        if value and value not in values:
            raise SettingsError(f"There is no {name} {value!r} in this project.")
    return dated(
        ExclusionRule(
            arguments.participant,
            arguments.stimulus,
            arguments.trial,
            (arguments.what or "all").replace("-", " "),
            math.nan if arguments.limit_ms is None else arguments.limit_ms,
            arguments.reason,
        )
    )


def _rule_lines(project: "Project") -> list[str]:
    from gazelab.report.exclusions import exclusion_lines

    lines = exclusion_lines(project) or ["Nothing is excluded."]
    return [SIMULATED, *lines] if project.simulated else lines


def _rule_data(project: "Project") -> dict[str, Any]:
    from gazelab.data.exclusion import exclusion_counts, hits

    counts = exclusion_counts(project.scanpaths)
    return {
        "fixations": sum(counts.values()),
        "excluded": {flag.reason: count for flag, count in counts.items() if flag},
        "rules": [
            {"number": number, **asdict(rule), "n_fixations": hits(rule, project.scanpaths)}
            for number, rule in enumerate(project.rules, 1)
        ],
    }
