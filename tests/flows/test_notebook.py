"""A run may be asked for where an event loop runs already, as in a notebook."""

import asyncio

import pytest

from wellposed.flows.execution.notebook import apart_from_event_loops


def running():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


@apart_from_event_loops
def ask(answer):
    """What a run does: it starts loops of its own."""
    assert running() is None

    async def answered():
        return answer / 2

    return asyncio.run(answered())


def test_a_cell_of_a_notebook_gets_answers_and_errors_and_its_loop_goes_on():
    async def cell():
        before = running()
        assert ask(4) == 2
        with pytest.raises(TypeError):
            ask("four")
        assert running() is asyncio.get_event_loop() is before
        await asyncio.sleep(0)
        return True

    assert asyncio.run(cell())


def test_elsewhere_nothing_changes():
    assert ask(4) == 2
    assert running() is None
