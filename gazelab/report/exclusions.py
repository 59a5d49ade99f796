"""What is excluded, by whom and why, in words."""

from collections.abc import Sequence

from gazelab.data.exclusion import ExclusionRule, exclusion_counts, hits
from gazelab.data.gaze import Exclusion, Scanpath
from gazelab.project.project import Project


def exclusion_lines(project: Project) -> list[str]:
    """Return a line for each reason for which fixations are excluded, and for each rule."""
    counts = exclusion_counts(project.scanpaths)
    total = sum(counts.values())
    lines = [
        f"{counts[flag]} of {total} fixations are excluded: {flag.reason}"
        for flag in Exclusion
        if flag and counts[flag]
    ]
    return lines + [
        f"Rule {number}: {rule_line(rule, project.scanpaths)}"
        for number, rule in enumerate(project.rules, 1)
    ]


def rule_line(rule: ExclusionRule, scanpaths: Sequence[Scanpath]) -> str:
    """Return what a rule excludes, whose, how many that are now, why, and since when."""
    why = f" Reason: {rule.reason.rstrip('.')}." if rule.reason else " No reason was given."
    since = f" Since {rule.since}." if rule.since else ""
    return f"{rule.fixations} of {rule.whose} ({hits(rule, scanpaths)} now).{why}{since}"


def exclusion_sentence(project: Project) -> str:
    """Return what is excluded as a sentence for a methods section; "" without fixations."""
    counts = exclusion_counts(project.scanpaths)
    total = sum(counts.values())
    if not total:
        return ""
    excluded = total - counts[Exclusion.NONE]
    if not excluded:
        return f"None of the {total:,} fixations was excluded."
    reasons = [f"{counts[flag]:,} {flag.reason}" for flag in Exclusion if flag and counts[flag]]
    sentence = (
        f"Of {total:,} fixations, {excluded:,} ({100 * excluded / total:.1f} %) were excluded: "
        f"{', '.join(reasons)}."
    )
    told = [f"{rule.fixations} of {rule.whose}" for rule in project.rules]
    return f"{sentence} Excluded by rule were {'; '.join(told)}." if told else sentence
