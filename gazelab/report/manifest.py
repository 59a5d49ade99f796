"""The manifest: what made an export, from what, with which settings and which models."""

import datetime
import math
import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from importlib import metadata
from pathlib import Path, PurePath, PureWindowsPath
from typing import Any

from gazelab import __version__, storage
from gazelab.data.attention import OF_PEOPLE
from gazelab.data.contract import Contract
from gazelab.data.exclusion import ExclusionRule, exclusion_counts, hits
from gazelab.data.gaze import TrialKey
from gazelab.data.recording import EVENT_KINDS
from gazelab.data.scores import GOLD_STANDARD
from gazelab.errors import ModelError
from gazelab.nets.card import find_card
from gazelab.project.project import ImportRecord, Project
from gazelab.report.baselines import baselines_in, gold_standard_told

LIBRARIES = (
    "numpy",
    "scipy",
    "opencv-python",
    "torch",
    "torchvision",
    "PySide6",
    "pyqtgraph",
    "msgspec",
    "safetensors",
)


def manifest(project: Project, folder: Path, files: Iterable[str]) -> dict[str, Any]:
    """Return the manifest of an export whose `files` lie in `folder`.

    Only names of source files are told, not where they lay: a path may name a person.
    """
    return {
        "program": "GazeLab",
        "version": __version__,
        "exported_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": {name: _version(name) for name in LIBRARIES},
        "project": project.title,
        "simulated": project.simulated,
        "settings": _settings(project),
        "counts": _counts(project),
        "inputs": [_input(record) for record in project.records],
        "exclusion_rules": [_rule(rule, project) for rule in project.rules],
        "detectors": _detectors(project),
        "stimuli": [
            {"id": s.id, "width_px": s.width_px, "height_px": s.height_px, "sha256": s.sha256}
            for s in project.stimuli.values()
        ],
        "models": [_model(model) for model in _models(project)],
        "maps": _sources(project),
        "baselines": _baselines(project),
        "files": [_file(folder, name) for name in files],
    }


def file_name(source: str) -> str:
    """Return the last part of a path written on any system."""
    return PureWindowsPath(source).name if "\\" in source else PurePath(source).name


def _version(library: str) -> str | None:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def _settings(project: Project) -> dict[str, Any]:
    settings = project.settings
    return {
        "px_per_deg": _number(settings.px_per_deg),
        "sigma_deg": _number(settings.blur.sigma_deg),
        "sigma_px": _number(settings.blur.sigma_px),
        "weight_by_duration": settings.weight_by_duration,
        "alignment": settings.alignment,
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _counts(project: Project) -> dict[str, Any]:
    flags = exclusion_counts(project.scanpaths)
    return {
        "stimuli": len(project.stimuli),
        "participants": len(project.participants),
        "recordings": len(project.recordings),
        "samples": sum(map(len, project.recordings.values())),
        "scanpaths": len(project.scanpaths),
        "fixations": sum(flags.values()),
        "excluded": {flag.reason: count for flag, count in flags.items() if flag},
        "scanpaths_set_aside": len(project.set_aside),
        "events": {
            f"{kind}s": sum(len(found) for found in project.events if found.kind == kind)
            for kind in EVENT_KINDS
        },
        "maps": sum(len(attention.maps) for attention in project.attention.values()),
        "scores": len(project.scores),
    }


def _input(record: ImportRecord) -> dict[str, Any]:
    return {
        "source": file_name(record.source),
        "reader": record.reader,
        "sha256": record.sha256,
        "counts": dict(record.counts),
        "notes": list(record.notes),
        "contract": record.contract and _contract(record.contract),
    }


def _contract(contract: Contract) -> dict[str, Any]:
    screen = {name: _number(value) for name, value in asdict(contract.screen).items()}
    return asdict(contract) | {"screen": screen}


def _rule(rule: ExclusionRule, project: Project) -> dict[str, Any]:
    return asdict(rule) | {
        "limit_ms": _number(rule.limit_ms),
        "n_fixations": hits(rule, project.scanpaths),
    }


def _detectors(project: Project) -> list[dict[str, Any]]:
    """Return who found fixations and events: with which parameters, how many, in which trials.

    The fixations are those in use; of saccades and blinks, those of every detector are kept.
    """
    found: dict[tuple[str, tuple[tuple[str, float], ...]], Counter[str]] = {}
    trials: dict[tuple[str, tuple[tuple[str, float], ...]], set[TrialKey]] = {}
    items = [(path.origin, path.key, "fixations", len(path)) for path in project.scanpaths]
    items += [(one.origin, one.trial_key, f"{one.kind}s", len(one)) for one in project.events]
    for origin, key, kind, number in items:
        who = origin.reader, origin.settings
        found.setdefault(who, Counter())[kind] += number
        trials.setdefault(who, set()).add(key)
    return [
        {"id": who[0], "settings": dict(who[1]), "trials": len(trials[who]), "found": dict(counts)}
        for who, counts in found.items()
    ]


def _models(project: Project) -> list[str]:
    """Return the ids of the models, and the names of imported sets of maps."""
    found = project.attention.values()
    return list(dict.fromkeys(a.explanation.model if a.explanation else a.source for a in found))


def _sources(project: Project) -> list[dict[str, Any]]:
    """Return the sources of maps, with how they were read out of a classifier."""
    explained = {(a.source, a.kind): a.explanation for a in project.attention.values()}
    return [
        {"source": source, "kind": kind}
        | ({"model": e.model, "method": e.method, "class": e.target, "layer": e.layer} if e else {})
        for (source, kind), e in explained.items()
    ]


def _baselines(project: Project) -> list[dict[str, Any]]:
    """Return the baselines that were scored, and what was chosen for the gold standard."""
    chosen = {GOLD_STANDARD: gold_standard_told(project.scores) or None}
    return [
        {"source": source, "definition": baseline.definition, "citation": baseline.citation}
        | ({"chosen": chosen[source]} if source in chosen else {})
        for source, baseline in baselines_in(project.scores).items()
    ]


def _model(source: str) -> dict[str, Any]:
    """Return what is known of a source of maps; those that were imported have no card."""
    if source.startswith(OF_PEOPLE):
        return {"id": source, "weights_sha256": None, "note": "made of fixations of this project"}
    try:
        card = find_card(source)
    except ModelError:
        return {"id": source, "weights_sha256": None, "note": "no model of this id is installed"}
    return {
        "id": card.id,
        "title": card.title,
        "version": card.version,
        "weights_sha256": card.weights.sha256,
        "trained_on": card.trained_on,
        "licence": card.licence,
        "note": "as installed when this was exported",
    }


def _file(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return {"name": name, "bytes": path.stat().st_size, "sha256": storage.sha256_of(path)}
