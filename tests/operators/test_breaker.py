"""The breaker by itself, at instants of the test's choosing."""

from collections.abc import Callable

import pytest

from pitboss.operators import Breaker, State
from pitboss.operators.breaker import Trial


class Scene:
    def __init__(self) -> None:
        self.now = 100.0
        self.closed = 0
        self.breaker = Breaker(lambda: self.now, self._count, failures_to_open=3)

    def _count(self) -> None:
        self.closed += 1

    def out(self) -> Trial:
        trial = self.breaker.let_out()
        assert trial is not None
        return trial

    def fail(self, times: int = 1) -> None:
        for _ in range(times):
            self.breaker.failed(self.out())


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_run_of_failures_opens_it_and_an_answer_breaks_the_run(scene: Scene) -> None:
    scene.fail(2)
    scene.breaker.answered(scene.out())
    scene.fail(2)
    assert scene.breaker.state is State.CLOSED
    scene.fail()
    assert scene.breaker.state is State.OPEN
    assert scene.breaker.let_out() is None and not scene.breaker.lets_out()
    assert scene.closed == 0


def test_after_the_pause_one_call_at_a_time_tries(scene: Scene) -> None:
    scene.fail(3)
    scene.now += 0.999
    assert scene.breaker.let_out() is None
    scene.now += 0.001
    assert scene.breaker.state is State.PROBING
    probe = scene.out()
    assert scene.breaker.let_out() is None
    scene.breaker.answered(probe)
    assert scene.breaker.state is State.CLOSED and scene.closed == 1
    scene.out(), scene.out()


def test_pauses_double_to_fifteen_seconds(scene: Scene) -> None:
    scene.fail(3)
    pauses = []
    for _ in range(6):
        opened = scene.now
        while scene.breaker.state is State.OPEN:
            scene.now += 0.5
        pauses.append(scene.now - opened)
        scene.fail()
    assert pauses == [1, 2, 4, 8, 15, 15]
    # Once it has closed, the first pause is short again.
    scene.now += 15
    scene.breaker.answered(scene.out())
    scene.fail(3)
    scene.now += 1
    assert scene.breaker.state is State.PROBING


def test_a_late_answer_of_an_old_call_closes_it_too(scene: Scene) -> None:
    old = scene.out()
    scene.fail(3)
    scene.breaker.answered(old)
    assert scene.breaker.state is State.CLOSED and scene.closed == 1


def test_failures_of_calls_from_before_it_opened_say_nothing_about_now(scene: Scene) -> None:
    old = [scene.out() for _ in range(10)]
    scene.fail(3)
    for trial in old[:5]:
        scene.breaker.failed(trial)
    scene.now += 1
    assert scene.breaker.state is State.PROBING
    scene.breaker.answered(scene.out())
    for trial in old[5:]:
        scene.breaker.failed(trial)
    assert scene.breaker.state is State.CLOSED


def test_a_probe_that_was_given_up_lets_another_try(scene: Scene) -> None:
    scene.fail(3)
    scene.now += 1
    scene.breaker.abandoned(scene.out())
    assert scene.breaker.state is State.PROBING
    scene.breaker.answered(scene.out())
    assert scene.breaker.state is State.CLOSED


@pytest.mark.parametrize("end", [Breaker.failed, Breaker.answered, Breaker.abandoned])
def test_a_probe_overtaken_by_an_old_calls_answer_does_no_harm(
    scene: Scene, end: Callable[[Breaker, Trial], None]
) -> None:
    old = scene.out()
    scene.fail(3)
    scene.now += 1
    probe = scene.out()
    scene.breaker.answered(old)
    end(scene.breaker, probe)
    assert scene.breaker.state is State.CLOSED and scene.closed == 1
