"""Jobs run beside the window, tell what they do, and can be stopped."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gazelab.app.jobs import Job, Jobs
from gazelab.errors import GazeLabError
from gazelab.task import Step, Task


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    jobs = Jobs()
    yield jobs
    jobs.close()


def counting(to: int) -> Task[int]:
    for done in range(to):
        yield Step(done, to, "counting")
    return to


def waiting(for_: threading.Event, closed: list[bool]) -> Task[str]:
    try:
        while not for_.wait(0.01):
            yield Step(0, None, "waiting")
    finally:
        closed.append(True)
    return "done"


def test_the_result_arrives_in_the_windows_thread(qtbot: QtBot, jobs: Jobs) -> None:
    arrived: list[tuple[int, threading.Thread]] = []
    with qtbot.waitSignal(jobs.finished):
        jobs.start("Count", counting(5), lambda n: arrived.append((n, threading.current_thread())))
    assert arrived == [(5, threading.main_thread())]
    assert not jobs.busy


def test_an_error_is_told_and_the_next_job_runs(qtbot: QtBot, jobs: Jobs) -> None:
    def failing() -> Task[None]:
        yield Step(0)
        raise GazeLabError("no such thing", "Look again.")

    failed: list[Job] = []
    jobs.failed.connect(failed.append)
    with qtbot.waitSignal(jobs.failed):
        jobs.start("Fail", failing(), lambda _: pytest.fail("there is no result"))
    assert str(failed[0].error) == "no such thing Look again."
    with qtbot.waitSignal(jobs.finished):
        jobs.start("Count", counting(1), lambda _: None)


def test_a_cancelled_job_cleans_up_and_gives_nothing(qtbot: QtBot, jobs: Jobs) -> None:
    closed: list[bool] = []
    task = waiting(threading.Event(), closed)
    with qtbot.waitSignal(jobs.progressed):
        jobs.start("Wait", task, lambda _: pytest.fail("cancelled jobs have no result"))
    with qtbot.waitSignal(jobs.cancelled):
        jobs.cancel_all()
    assert closed == [True]


def test_foreground_jobs_run_one_after_another_and_quiet_ones_beside(
    qtbot: QtBot, jobs: Jobs
) -> None:
    order: list[str] = []
    go = threading.Event()
    jobs.start("first", waiting(go, []), lambda _: order.append("first"))
    jobs.start("second", counting(1), lambda _: order.append("second"))
    with qtbot.waitSignal(jobs.finished):
        jobs.start("quiet", counting(1), lambda _: order.append("quiet"), quiet=True)
    assert order == ["quiet"]
    go.set()
    qtbot.waitUntil(lambda: order == ["quiet", "first", "second"])


def test_closing_stops_what_runs_and_forgets_what_waits(qtbot: QtBot, jobs: Jobs) -> None:
    closed: list[bool] = []
    job = jobs.start("Wait", waiting(threading.Event(), closed), lambda _: None)
    jobs.start("Never", counting(1), lambda _: pytest.fail("it was still waiting"))
    jobs.close()
    assert closed == [True]
    assert job.thread is not None
    assert not job.thread.is_alive()
