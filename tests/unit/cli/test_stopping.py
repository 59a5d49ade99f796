"""Ctrl+C and the end of a batch job stop training where it can be continued."""

import signal
from pathlib import Path

import pytest
from tiny_training import gaze_study, write_config

from gazelab.cli import command, main
from gazelab.cli.output import Progress
from gazelab.cli.stopping import stopping
from gazelab.study.train import was_stopped
from gazelab.task import Step

SIGNALS = [signal.SIGINT, signal.SIGTERM]


@pytest.mark.parametrize("number", SIGNALS)
def test_the_step_under_way_is_finished_first(number: signal.Signals) -> None:
    seen: list[Step] = []
    with stopping(seen.append) as on_step:
        on_step(Step(1))
        signal.raise_signal(number)
        with pytest.raises(KeyboardInterrupt):
            on_step(Step(2))
    assert seen == [Step(1)]


def test_asking_again_stops_at_once() -> None:
    with stopping(lambda _: None), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)


def test_signals_mean_what_they_did_before_afterwards() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with stopping(lambda _: None):
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_a_run_that_was_asked_to_stop_is_continued(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_config(gaze_study(tmp_path), 3, '[output]\nfolder = "model"')

    class Impatient(Progress):
        def __call__(self, step: Step) -> None:
            if "epoch 2" in step.note:
                signal.raise_signal(signal.SIGTERM)

    with monkeypatch.context() as patched:
        patched.setattr(command, "Progress", Impatient)
        assert main(["train", str(config)]) == command.STOPPED
    assert "--resume" in capsys.readouterr().err
    assert was_stopped(config)
    assert main(["train", str(config), "--resume"]) == 0
    assert not was_stopped(config)
