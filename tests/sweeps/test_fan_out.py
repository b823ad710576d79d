"""Blocks reach workers and answers come back, whatever happens on the way."""

import math
import operator
import os
import time

import pytest
from distributed import KilledWorker, LocalCluster

from wellposed.errors import RequestError
from wellposed.sweeps.cluster.fan_out import IN_FLIGHT_PER_THREAD, fan_out
from wellposed.sweeps.cluster.workers import connect


def test_every_block_is_answered_once(client):
    answers = dict(fan_out(client, operator.mul, range(100), 3))
    assert answers == {block: 3 * block for block in range(100)}


def test_no_blocks_need_no_answer(client):
    assert list(fan_out(client, operator.mul, [], 3)) == []


def test_an_exception_is_an_answer(client):
    answers = dict(fan_out(client, math.sqrt, [4.0, -1.0, 9.0]))
    assert answers[4.0] == 2.0
    assert answers[9.0] == 3.0
    assert isinstance(answers[-1.0], ValueError)


def test_a_block_that_kills_its_worker_is_named(client):
    ((block, answer),) = fan_out(client, os._exit, [17])
    assert block == 17
    assert isinstance(answer, KilledWorker)
    assert answer.allowed_failures == 0
    client.wait_for_workers(2, timeout=30)
    assert dict(fan_out(client, operator.mul, [1, 2], 3)) == {1: 3, 2: 6}


def test_blocks_are_drawn_as_workers_become_free(client):
    drawn = []

    def blocks():
        for block in range(200):
            drawn.append(block)
            yield block

    answers = fan_out(client, operator.mul, blocks(), 3)
    next(answers)
    assert len(drawn) <= 2 * IN_FLIGHT_PER_THREAD + 1
    assert len(list(answers)) == 199


def scheduled(client):
    """How many tasks the scheduler knows."""
    return client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))


def wait_until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_closing_cancels_what_has_not_finished(client):
    wait_until(lambda: scheduled(client) == 0)
    answers = fan_out(client, time.sleep, [0.0, *[30.0] * 6])
    assert next(answers) == (0.0, None)
    wait_until(lambda: scheduled(client) == 6)
    answers.close()
    wait_until(lambda: scheduled(client) == 0)
    client.restart()  # what sleeps cannot be interrupted


def test_workers_have_one_thread_each_and_leave_the_cores_to_the_sweep(client):
    assert list(client.nthreads().values()) == [1, 1]
    assert set(client.run(os.getenv, "NUMBA_NUM_THREADS").values()) == {"1"}


def test_a_scheduler_that_is_there_is_used():
    # one of somebody's own, without certificates
    begun = LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, protocol="tcp", dashboard_address=None
    )
    with begun as cluster, connect(cluster.scheduler_address) as second:
        assert dict(fan_out(second, operator.mul, [2], 3)) == {2: 6}


def test_a_scheduler_that_is_not_there_is_named():
    with (
        pytest.raises(RequestError, match="No Dask scheduler answers at nonsense://nowhere"),
        connect("nonsense://nowhere"),
    ):
        pass
