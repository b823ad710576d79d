"""The site is built without a warning, and is read without a network."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from typer.main import get_command

from wellposed.flows.cli.main import application
from wellposed.kinetics import EXPERIMENTS, FAMILIES

pytest.importorskip("sphinx")

ROOT = Path(__file__).parents[2]
FETCHED = {"script": "src", "link": "href", "img": "src", "source": "src", "iframe": "src", "video": "src"}


class Page(HTMLParser):
    """What a page fetches, where it leads, and what may be linked to on it."""

    def __init__(self, text):
        super().__init__()
        self.fetched, self.links, self.anchors, self.formulas = [], [], set(), 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag in FETCHED and told.get(FETCHED[tag]):
            self.fetched.append(told[FETCHED[tag]])
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        if told.get("id"):
            self.anchors.add(told["id"])
        self.formulas += tag == "math"


def build(folder, *options):
    """Makes the site of a copy of the sources, and returns where it is and what was said."""
    source, site = folder / "docs", folder / "site"
    shutil.copytree(ROOT / "docs", source, ignore=shutil.ignore_patterns("_build", "generated"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "WELLPOSED_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-n", "-W", "--keep-going", "-q", *options]
    done = subprocess.run(
        [*command, str(source), str(site)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-5000:]
    return site


def check(site):
    """Every page is whole by itself, and leads to pages and headings that are there."""
    pages = {path: Page(path.read_text()) for path in site.rglob("*.html")}
    for path, page in pages.items():
        for target in page.fetched:
            parts = urlsplit(target)
            assert parts.scheme in ("", "data"), f"{path.name} fetches {target}"
            assert parts.scheme or (path.parent / unquote(parts.path)).exists(), f"{path.name}: {target}"
        for target in page.links:
            parts = urlsplit(target)
            if parts.scheme or target == "#":
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert there.exists(), f"{path.name} leads to {target}"
            if parts.fragment and there in pages:
                assert unquote(parts.fragment) in pages[there].anchors, f"{path.name} leads to {target}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//", sheet.read_text()), sheet
    return {path.relative_to(site).as_posix(): page for path, page in pages.items()}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, with notebooks as they are written."""
    return build(tmp_path_factory.mktemp("site"), "-D", "nb_execution_mode=off")


def test_the_site_is_whole_and_needs_no_network(site):
    pages = check(site)
    assert pages["errors.html"].formulas > 5
    assert (site / "searchindex.js").exists()


def test_every_experiment_and_every_command_has_its_place(site):
    reference = site / "reference" / "generated"
    experiments = "".join((reference / f"{name}.html").read_text() for name in FAMILIES)
    for experiment in EXPERIMENTS.values():
        assert f">{experiment.name}<" in experiments
        for output in experiment.outputs:
            assert f">{output.name}<" in experiments
    commands = (reference / "command-line.html").read_text()
    for name in get_command(application()).commands:
        assert f"wellposed {name}" in commands


@pytest.mark.slow
def test_notebooks_run_in_jupyter_and_say_nothing_but_their_answers(tmp_path):
    site = build(tmp_path)
    check(site)
    for name in ("wave", "boltzmann", "lenard-balescu"):
        text = (site / "notebooks" / f"{name}.html").read_text()
        assert "cell_output" in text
        assert ".svg" in text
        for unwanted in ("Traceback", "never awaited", "Warning", "output stderr"):
            assert unwanted not in text


@pytest.mark.slow
def test_the_search_works_from_a_folder(site):
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("there is no Chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = opened.new_page()
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{(site / 'search.html').as_uri()}?q=deflation")
        page.wait_for_selector("ul.search li a")
        assert "Boltzmann" in page.inner_text("ul.search")
        assert all(url.startswith("file:") for url in asked)
        opened.close()
