"""Moving through a study: fixations, steps, stimuli, participants."""

from collections.abc import Callable
from typing import TypeVar

from gazelab.app.viewing import Viewing
from gazelab.data.alignment import fixation_of_step

T = TypeVar("T")


class Moves:
    """Steps what is viewed, as far as there is something to go to."""

    def __init__(self, viewing: Viewing) -> None:
        self._viewing = viewing

    def fixation(self, by: int) -> None:
        """Step the fixation; a linked machine pane follows.

        Where the machine has more steps than there are fixations, stepping goes on
        through the steps, and "no counterpart" is drawn for the fixation.
        """
        viewing = self._viewing
        viewing.show(fixation=min(max(viewing.state.fixation + by, 0), self._last_index()))

    def step(self, by: int) -> None:
        """Step the machine; a linked fixation follows."""
        viewing = self._viewing
        attention, leader = viewing.attention, viewing.leader
        if attention is None:
            return
        steps = len(attention.maps)
        if viewing.alignment == "unlinked" or leader is None:
            viewing.show(step=min(max(viewing.state.step + by, 0), steps - 1))
            return
        now = viewing.shown_step if viewing.shown_step is not None else steps
        step = min(max(now + by, 0), steps - 1)
        fixation = fixation_of_step(leader, step, attention.beside, viewing.alignment)
        if fixation is not None:
            viewing.show(fixation=fixation)

    def stimulus(self, by: int) -> None:
        """Show the next or previous stimulus of the project."""
        viewing = self._viewing
        names = tuple(viewing.document.project.stimuli)
        _move(names, viewing.state.stimulus, by, viewing.show_stimulus)

    def participant(self, by: int) -> None:
        """Let the next or previous participant lead; each of several trials is one."""
        viewing = self._viewing
        trials = viewing.trials.on(viewing.state.stimulus)
        _move(trials, viewing.leader_key, by, viewing.lead)

    def first(self) -> None:
        """Go to the first fixation."""
        self._viewing.show(fixation=0)

    def last(self) -> None:
        """Go to the last fixation, or the last step where there are more."""
        self._viewing.show(fixation=self._last_index())

    def _last_index(self) -> int:
        leader, attention = self._viewing.leader, self._viewing.attention
        fixations = len(leader) if leader is not None else 0
        steps = attention.beside if attention is not None else 0
        if self._viewing.alignment == "index" and isinstance(steps, int):
            return max(fixations, steps, 1) - 1
        return max(fixations, 1) - 1


def _move(names: tuple[T, ...], now: T | None, by: int, show: Callable[[T], None]) -> None:
    if names:
        place = names.index(now) + by if now in names else 0
        show(names[min(max(place, 0), len(names) - 1)])
