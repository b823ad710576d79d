"""wellposed as others get it, from a wheel; and a stranger's family of equations, from another."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("catalog", "flows", "kinetics", "sweeps")
EXAMPLE = ROOT / "docs" / "examples" / "family"


def install(source, target, folder):
    """Builds the wheel of a source, without its dependencies, and installs it into a folder of its own."""
    wheels = folder / f"wheels-{source.name}"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    built = [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, source]
    subprocess.run(built, check=True, capture_output=True, timeout=300)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-compile", "--target", target, wheel],
        check=True,
        capture_output=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    """A folder in which wellposed and the example of a family are installed from their wheels."""
    folder = tmp_path_factory.mktemp("installed")
    source, family = folder / "source", folder / "family"  # building leaves folders in what it builds
    ignored = shutil.ignore_patterns("__pycache__")
    for name in (*ROOMS, "wellposed"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(EXAMPLE, family, ignore=ignored)
    install(source, folder / "target", folder)
    install(family, folder / "target", folder)
    return folder / "target"


@pytest.fixture
def run(target, tmp_path, wellposed_home):
    """Runs Python with what is installed from wheels, in an empty folder."""

    def run(*arguments, code=None):
        words = ["-m", "wellposed.flows.cli.main", *map(str, arguments)] if code is None else ["-c", code]
        environment = {**os.environ, "PYTHONPATH": str(target), "WELLPOSED_HOME": str(wellposed_home)}
        return subprocess.run(
            [sys.executable, *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    return run


def test_the_wheel_holds_every_room_and_its_files(target, run):
    ran = run(code="import wellposed.flows.report.page as page; print(page.__file__)")
    assert ran.stdout.strip() == str(target / "wellposed" / "flows" / "report" / "page.py"), ran.stderr
    assert (target / "wellposed" / "py.typed").exists()
    assert list((target / "wellposed" / "flows" / "report" / "templates").iterdir())
    modules = {path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py")}
    assert all((target / "wellposed" / module).exists() for module in modules)


def test_a_strangers_family_is_found_and_in_the_forms(run):
    listed = run("experiments")
    assert "coagulation." in listed.stdout, listed.stderr
    ran = run(
        code="from wellposed.flows.deploy.registration import deployments\n"
        "import json\n"
        "found = {d.flow_name: d._parameter_openapi_schema.properties for d in deployments('x', 'results')}\n"
        "print(json.dumps([found['audit']['name']['enum'], found['study']['name']['enum'],"
        " found['sweep']['experiment']['enum']]))"
    )
    audits, studies, experiments = json.loads(ran.stdout.splitlines()[-1])
    assert "coagulation" in audits
    assert "coagulation" in studies
    assert any(name.startswith("coagulation.") for name in experiments)


def test_a_strangers_family_is_audited_studied_and_reported(run, tmp_path):
    audited = run("audit", "coagulation", "--json")
    assert audited.returncode == 0, audited.stderr
    claims = json.loads(audited.stdout)["claims"]
    assert len(claims) >= 2
    assert not [claim for claim in claims if claim["verdict"] == "unresolved"]
    studied = run("study", "coagulation", "--json")
    assert studied.returncode == 0, studied.stderr
    assert json.loads(studied.stdout)["boundaries"]
    assert (tmp_path / "results" / "coagulation.png").exists()
    reported = run("report")
    assert reported.returncode == 0, reported.stderr
    page = (tmp_path / "report" / "index.html").read_text("utf-8")
    assert "oagulation" in page
    stored = json.loads(run("ls", "--json").stdout)["sweeps"]
    assert "coagulation.audit" in {sweep["experiment"] for sweep in stored}
