"""The playback clock, driven by a source of time that the tests move."""

import pytest

from gazelab.app.canvas.clock import PlaybackClock


class Time:
    def __init__(self):
        self.now_ms = 0.0

    def __call__(self):
        return self.now_ms


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def clock(qapp, time):
    clock = PlaybackClock(now_ms=time)
    clock.set_duration(1000)
    yield clock
    clock.pause()


def after(clock, time, elapsed_ms):
    time.now_ms += elapsed_ms
    clock.tick()
    return clock.position_ms


def test_position_follows_time_and_not_the_number_of_ticks(clock, time):
    clock.play()
    assert after(clock, time, 100) == 100
    clock.tick()
    clock.tick()
    assert clock.position_ms == 100
    assert after(clock, time, 350) == 450


def test_a_paused_clock_stays_and_goes_on_from_there(clock, time):
    clock.play()
    time.now_ms += 40
    clock.toggle()
    assert not clock.playing
    assert clock.position_ms == 40
    assert after(clock, time, 500) == 40
    clock.toggle()
    assert after(clock, time, 10) == 50


@pytest.mark.parametrize("speed", [0.1, 1, 10])
def test_speed_scales_time_from_the_moment_it_is_set(clock, time, speed):
    clock.play()
    time.now_ms += 30
    clock.set_speed(speed)
    assert clock.position_ms == 30
    assert after(clock, time, 20) == pytest.approx(30 + 20 * speed)


def test_the_end_stops_the_clock_and_play_starts_over(clock, time, qtbot):
    clock.play()
    with qtbot.waitSignal(clock.playing_changed, timeout=0) as stopped:
        after(clock, time, 5000)
    assert stopped.args == [False]
    assert clock.position_ms == 1000
    clock.play()
    assert clock.playing and clock.position_ms == 0


def test_a_loop_goes_on_at_the_start(clock, time):
    clock.set_loop(True)
    clock.play()
    assert after(clock, time, 2300) == pytest.approx(300)
    assert clock.playing


def test_seek_is_limited_and_tells_only_changes(clock, qtbot):
    with qtbot.waitSignal(clock.moved, timeout=0) as moved:
        clock.seek(5000)
    assert moved.args == [1000]
    with qtbot.assertNotEmitted(clock.moved):
        clock.seek(1000)
    clock.seek(-3)
    assert clock.position_ms == 0


def test_a_shorter_duration_takes_the_position_with_it(clock):
    clock.seek(900)
    clock.set_duration(500)
    assert clock.position_ms == 500


def test_nothing_to_play_does_not_start(clock):
    clock.set_duration(0)
    clock.play()
    assert not clock.playing


def test_a_speed_of_zero_is_refused(clock):
    with pytest.raises(ValueError, match="above 0"):
        clock.set_speed(0)


def test_the_real_timer_moves_the_position(qapp, qtbot):
    clock = PlaybackClock()
    clock.set_duration(60_000)
    with qtbot.waitSignal(clock.moved, timeout=5000):
        clock.play()
    clock.pause()
    assert clock.position_ms > 0
