"""Who looked at what: the trials of a project by stimulus, with or without fixations."""

from gazelab.data.gaze import Scanpath, TrialKey
from gazelab.data.recording import Events
from gazelab.project.project import Project


class Trials:
    """The trials of a project, found by stimulus and by participant."""

    def __init__(self, project: Project) -> None:
        self._paths = {path.key: path for path in project.scanpaths}
        self._events: dict[TrialKey, list[Events]] = {}
        for item in project.events:
            self._events.setdefault(item.trial_key, []).append(item)
        self._on: dict[str, list[TrialKey]] = {}
        for key in dict.fromkeys([*self._paths, *project.recordings]):
            self._on.setdefault(key[1], []).append(key)

    def on(self, stimulus: str) -> tuple[TrialKey, ...]:
        """Return the trials on a stimulus: those with fixations, then those with samples only."""
        return tuple(self._on.get(stimulus, ()))

    def scanpath(self, key: TrialKey | None) -> Scanpath | None:
        """Return the fixations of a trial, None where it has samples only."""
        return None if key is None else self._paths.get(key)

    def scanpaths(self, stimulus: str) -> tuple[Scanpath, ...]:
        """Return the scanpaths on a stimulus."""
        return tuple(self._paths[key] for key in self._on.get(stimulus, ()) if key in self._paths)

    def events(self, key: TrialKey | None) -> tuple[Events, ...]:
        """Return the saccades, microsaccades and blinks of a trial, one item for each kind.

        Those of the detector of its fixations; where that found none of a kind, the latest.
        """
        path = self.scanpath(key)
        found = [] if key is None else self._events.get(key, [])
        reader = "" if path is None else path.origin.reader
        found = sorted(found, key=lambda item: item.origin.reader == reader)
        return tuple({item.kind: item for item in found}.values())

    def find(self, participant: str, stimulus: str, trial: str = "") -> TrialKey | None:
        """Return the trial of a participant on a stimulus, the first where `trial` is none."""
        theirs = [key for key in self._on.get(stimulus, ()) if key[0] == participant]
        named = [key for key in theirs if key[2] == trial]
        return next(iter(named or theirs), None)
