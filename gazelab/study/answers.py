"""Which pictures a classifier named rightly, by what was stored when it ran."""

import re

from gazelab.data.attention import Attention
from gazelab.errors import ModelError
from gazelab.nets.card import find_card
from gazelab.nets.methods import PREDICTED, expected_class, plain_class
from gazelab.project.project import Project

CORRECT, WRONG = ANSWERS = ("correct", "wrong")
CLASS = "class"
"""The attribute of a stimulus that says its true class."""

_NAMED = re.compile(r"(.+?) \d\.\d\d(?:,|$)")


def named_classes(project: Project) -> dict[str, dict[str, str]]:
    """Return model -> stimulus -> the class that it named, for those that name classes.

    It is the class of the maps that speak for the predicted one, or the most probable class
    after the last step.
    """
    found: dict[str, dict[str, str]] = {}
    for attention in project.attention.values():
        model, name = _named(attention)
        if name:
            found.setdefault(model, {})[attention.stimulus] = name
    return found


def answers(project: Project, model: str) -> dict[str, str]:
    """Return stimulus -> CORRECT or WRONG, where the model named a class and the true is known.

    The true class is the attribute `class` of the stimulus, else a label of it or a folder of
    its name that is one of the classes of the model.
    """
    named = named_classes(project).get(model, {})
    classes = _classes(model)
    known = {stimulus: _true_class(project, stimulus, classes) for stimulus in named}
    return {
        stimulus: CORRECT if plain_class(known[stimulus]) == plain_class(name) else WRONG
        for stimulus, name in named.items()
        if known[stimulus]
    }


def _named(attention: Attention) -> tuple[str, str]:
    explanation = attention.explanation
    if explanation is not None:
        return explanation.model, explanation.class_name * (explanation.target == PREDICTED)
    match = _NAMED.match(attention.step_notes[-1]) if attention.step_notes else None
    return attention.source, match[1] if match else ""


def _classes(model: str) -> tuple[str, ...]:
    try:
        return find_card(model).classes
    except ModelError:  # it ran elsewhere
        return ()


def _true_class(project: Project, stimulus: str, classes: tuple[str, ...]) -> str:
    told = project.stimulus_attributes.value(stimulus, CLASS)
    there = project.stimuli.get(stimulus)
    return told or (expected_class(there, classes) if there else "")
