import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--runslow", action="store_true", help="run the tests that take more than a few seconds too"
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--runslow"):
        for item in items:
            if "slow" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="slow; needs --runslow"))
