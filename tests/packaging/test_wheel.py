"""wellposed as others get it, from a wheel; and a stranger's family of equations, from another."""

import email
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("catalog", "flows", "kinetics", "sweeps")
EXAMPLE = ROOT / "docs" / "examples" / "family"
UV = Path(sys.executable).with_name("uv")


PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
SDIST = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"


def build(source, folder):
    """Builds the source distribution of a source, and from that the wheel, as for an index of packages."""
    made = folder / f"distributions-{source.name}"
    subprocess.run(
        [sys.executable, "-c", SDIST, made], cwd=source, check=True, capture_output=True, timeout=300
    )
    (archive,) = made.glob("*.tar.gz")
    building = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", made, archive]
    subprocess.run(building, check=True, capture_output=True, timeout=300)
    (wheel,) = made.glob("*.whl")
    return wheel


def install(wheel, target):
    """Installs a wheel into a folder of its own, without its dependencies."""
    installing = [*PIP, "install", "--no-deps", "--no-compile", "--target", target, wheel]
    subprocess.run(installing, check=True, capture_output=True, timeout=300)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of wellposed."""
    source = tmp_path_factory.mktemp("built") / "source"  # building leaves folders in what it builds
    for name in (*ROOMS, "wellposed", "docs/examples"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    return build(source, source.parent)


@pytest.fixture(scope="module")
def target(wheel, tmp_path_factory):
    """A folder in which wellposed and the example of a family are installed from their wheels."""
    folder = tmp_path_factory.mktemp("installed")
    shutil.copytree(EXAMPLE, folder / "family", ignore=shutil.ignore_patterns("__pycache__"))
    install(wheel, folder / "target")
    install(build(folder / "family", folder), folder / "target")
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
    examples = [
        path.relative_to(EXAMPLE.parent) for path in EXAMPLE.parent.rglob("*.*") if "__" not in str(path)
    ]
    assert len(examples) >= 4
    assert all((target / "wellposed" / "examples" / path).exists() for path in examples)


def test_an_index_of_packages_has_what_it_shows(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("METADATA"))
        found = email.message_from_bytes(archive.read(name))
    assert found["Author"] == "The wellposed developers"
    assert "wave turbulence" in found["Keywords"]
    assert {"Operating System :: POSIX :: Linux", "Programming Language :: Python :: 3.13"} <= set(
        found.get_all("Classifier")
    )
    page = found.get_payload()
    assert page.startswith("# wellposed")
    assert "make run" in page
    assert "](docs/" not in page  # neither a picture nor a link that leads nowhere there
    assert "White circles" not in page


@pytest.mark.skipif(not UV.exists(), reason="uv is not installed: make installs it")
def test_the_wheel_brings_all_that_it_needs(wheel, tmp_path):
    """In an environment with nothing else in it, an example that is in the wheel gives its boundary."""
    environment, folder = tmp_path / "environment", tmp_path / "empty"
    folder.mkdir()
    python = environment / "bin" / "python"
    for words in (
        ["venv", "--quiet", "--python", sys.executable, environment],
        ["pip", "install", "--quiet", "--python", python, "-c", ROOT / "constraints.txt", wheel],
    ):
        subprocess.run([UV, *words], check=True, capture_output=True, timeout=300)
    asked = ["boundary", "wellposed.examples.four_wave:experiment", "--along", "beta", "--axis", "alpha=2"]
    ran = subprocess.run(
        [environment / "bin" / "wellposed", *asked, "--json"],
        cwd=folder,
        env={"HOME": str(tmp_path), "PATH": os.defpath, "WELLPOSED_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    (found,) = json.loads(ran.stdout)["boundaries"]
    assert found["boundary"] == pytest.approx(0.25, abs=1e-4)


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
