import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def quiet_prefect(monkeypatch):
    """What ``--verbose`` sets in this process is not what the commands of later tests inherit."""
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


@pytest.fixture(scope="session", autouse=True)
def wellposed_home(tmp_path_factory):
    """A home without history or copies of experiments, for all tests and the commands they start."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WELLPOSED_HOME", str(home))
        patch.delenv("PREFECT_API_URL", raising=False)
        yield home
    end_servers(home)


def end_servers(home):
    """Ends the Prefect servers, which stay for a while, and the scribes that have their place in a home."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (process / "cmdline").read_text().split("\0")
            if any(word.endswith(("server_process.py", "scribe_process.py")) for word in words) and any(
                word.startswith(f"{home}/") for word in words
            ):
                os.kill(int(process.name), signal.SIGKILL)


def pytest_addoption(parser):
    parser.addoption(
        "--runslow", action="store_true", help="run the tests that take more than a few seconds too"
    )
    parser.addoption(
        "--histories", type=int, default=200, help="how many histories of a catalogue are played"
    )


def pytest_collection_modifyitems(config, items):
    for item in items:
        if "slow" in item.keywords:
            if config.getoption("--runslow"):
                item.add_marker(pytest.mark.timeout(3600))
            else:
                item.add_marker(pytest.mark.skip(reason="slow; needs --runslow"))
        if item.path.parent.name == "histories" and config.getoption("--histories") > 200:
            item.add_marker(pytest.mark.timeout(0))
