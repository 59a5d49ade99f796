import threading

import pytest

from gazelab.errors import SettingsError
from gazelab.study.side_by_side import side_by_side
from gazelab.task import finish


def test_results_come_in_order_and_each_worker_is_used_by_one_thread_at_a_time():
    busy = [threading.Lock() for _ in range(3)]

    def worker(number):
        def work(item):
            assert busy[number].acquire(blocking=False)
            busy[number].release()
            return item * item

        return work

    steps = []
    found = finish(side_by_side([worker(k) for k in range(3)], range(40)), steps.append)
    assert found == [k * k for k in range(40)]
    assert [(step.done, step.total) for step in steps] == [(k, 40) for k in range(40)]


def test_threads_work_at_the_same_time():
    both = threading.Barrier(2, timeout=30)

    def work(item):
        return both.wait() >= 0

    assert finish(side_by_side([work, work], range(8))) == [True] * 8


def test_few_items_are_done_without_threads():
    names = []
    finish(side_by_side([lambda _: names.append(threading.current_thread().name)] * 4, "abc"))
    assert set(names) == {threading.current_thread().name}


def test_what_goes_wrong_on_one_item_ends_the_task_with_its_reason():
    def work(item):
        if item == 5:
            raise SettingsError("The fifth cannot be done.")

    with pytest.raises(SettingsError, match="The fifth"):
        finish(side_by_side([work, work], range(20)))


def test_closing_the_task_ends_its_threads():
    go_on = threading.Event()
    task = side_by_side([lambda _: go_on.wait(30)] * 2, range(100))
    next(task)
    assert [t for t in threading.enumerate() if t.name.startswith("side by side")]
    go_on.set()
    task.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("side by side")]
