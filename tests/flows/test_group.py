"""Two users of one group share a catalogue, and a third may only read it: real users, in one folder.

They live in a mount namespace of their own, with a copy of ``/etc/passwd`` in which they are, so that nothing
of the machine changes; what of the interpreter and of this repository lies in closed folders is shown there.
"""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
GROUP = 64800
ALICE, BOB, CAROL = 64801, 64802, 64803
USERS = {ALICE: ("alice", GROUP), BOB: ("bob", GROUP), CAROL: ("carol", CAROL)}

NAMESPACE = ["unshare", "--mount", "--propagation", "private"]

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0
    or shutil.which("setpriv") is None
    or shutil.which("unshare") is None
    or subprocess.run([*NAMESPACE, "true"], capture_output=True).returncode != 0,
    reason="needs root, setpriv and unshare, for users in a mount namespace of their own",
)

EXPERIMENT = """
import os, time
from wellposed import Experiment, Output, Parameter

def square(x):
    if x > 3 and os.environ["USER"] == "alice":
        time.sleep(600)
    return {"square": x * x - 2, "square_error": 1e-9}

experiment = Experiment(
    name="example.square", summary="A parabola", source="tests",
    parameters=(Parameter("x", "a number", 0.0, lower=0.0, upper=9.0),),
    outputs=(Output("square", "its square less two", has_error=True),),
    evaluate=square, order_parameter="square", tolerance=0.1, points_per_block=1,
)
"""
GRID = ["--axis", "x=0,1,2,3,4,5"]


def shown(needed):
    """Lines of a shell that show `needed` folders to everybody, where a folder above them is closed."""
    closed = {}
    for path in needed:
        for above in reversed(path.parents):
            if not above.stat().st_mode & stat.S_IXOTH:
                closed.setdefault(above, []).append(path)
                break
    for i, (above, paths) in enumerate(closed.items()):
        yield f"mkdir -p $ROOM/{i} && mount -t tmpfs -o mode=755 tmpfs $ROOM/{i}"
        for path in paths:
            there = f"$ROOM/{i}/{path.relative_to(above)}"
            yield f'mkdir -p "{there}" && mount --rbind "{path}" "{there}"'
        yield f'mount --rbind $ROOM/{i} "{above}"'


class House:
    """A folder for everybody, in which ``results`` belongs to the group."""

    def __init__(self, folder):
        self.folder = folder
        self.results = folder / "results"
        self.results.mkdir()
        os.chown(self.results, 0, GROUP)
        self.results.chmod(0o2775)
        (folder / "square.py").write_text(EXPERIMENT)
        for file, line in (("passwd", "{0}:x:{1}:{2}::{3}:/bin/sh\n"), ("group", "")):
            lines = (line.format(name, user, group, self.home(user)) for user, (name, group) in USERS.items())
            shared = f"shared:x:{GROUP}:\n" if file == "group" else ""
            (folder / file).write_text(Path("/etc", file).read_text() + "".join(lines) + shared)
        for user in USERS:
            self.home(user).mkdir(mode=0o700)
            os.chown(self.home(user), user, USERS[user][1])

    def home(self, user):
        return self.folder / USERS[user][0]

    def command(self, user, *arguments, mask="022"):
        needed = {Path(sys.prefix), Path(sys.base_prefix), REPOSITORY}
        lines = [
            "set -e",
            f"ROOM={self.folder}/room-{user}",
            *shown(sorted(needed)),
            *(f"mount --bind {self.folder}/{file} /etc/{file}" for file in ("passwd", "group")),
            f"umask {mask}",
            'exec "$@"',
        ]
        become = ["setpriv", f"--reuid={user}", f"--regid={USERS[user][1]}", "--clear-groups", "--"]
        wellposed = [sys.executable, "-m", "wellposed.flows.cli.main", *arguments]
        return [*NAMESPACE, "sh", "-c", "\n".join(lines), "sh", *become, *wellposed]

    def environment(self, user):
        left_out = ("WELLPOSED_HOME", "XDG_", "NUMBA_CACHE_DIR")
        kept = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
        return kept | {"HOME": str(self.home(user)), "USER": USERS[user][0]}

    def start(self, user, *arguments, **options):
        return subprocess.Popen(
            self.command(user, *arguments, **options),
            cwd=self.folder,
            env=self.environment(user),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, user, *arguments, status=0, **options):
        with self.start(user, *arguments, **options) as process:
            try:
                text, _ = process.communicate(timeout=200)
            except subprocess.TimeoutExpired:
                kill_all_of(user)
                raise
        assert process.returncode == status, text
        return text


def kill_all_of(user):
    """Ends every process of a user of the test, as a machine that fails does."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if entry.stat().st_uid == user:
                    os.kill(int(entry.name), signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                continue


@pytest.fixture
def house():
    folder = Path(tempfile.mkdtemp(prefix="wellposed-group-"))
    folder.chmod(0o755)
    yield House(folder)
    for user in USERS:
        kill_all_of(user)
    shutil.rmtree(folder)


def written(results):
    """How many outcomes of blocks lie in a catalogue."""
    return sum(1 for path in results.rglob("*") if "/outcome/c/" in str(path) and path.is_file())


def test_a_group_shares_a_catalogue(house):
    question = ["./square.py:experiment", *GRID]
    with house.start(ALICE, "sweep", *question, mask="077") as alice:
        end = time.monotonic() + 150
        while written(house.results) < 4 and alice.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        kill_all_of(ALICE)
        assert written(house.results) == 4, alice.stdout.read()

    # Her lease and four of six blocks are left; he takes over what she began, though her mask was 077.
    answer = house.run(BOB, "sweep", *question, "--json")
    (kept,) = json.loads(answer[answer.index("{") :])["sweeps"]
    owners = {path.stat().st_uid for path in house.results.rglob("*") if path.is_file()}
    assert owners == {ALICE, BOB}
    for path in house.results.rglob("*"):
        about = path.stat()
        assert about.st_gid == GROUP, path
        assert stat.S_IMODE(about.st_mode) == (0o2775 if path.is_dir() else 0o664), path

    # Whoever may not write reads, reports and plots.
    before = sorted(house.results.rglob("*"))
    assert kept["id"] in house.run(CAROL, "ls")
    assert "6 ok, 0 unresolved, 0 failed" in house.run(CAROL, "show", kept["id"])
    assert "whole" in house.run(CAROL, "verify")
    house.run(CAROL, "report", "--to", "carol/page")
    assert (house.home(CAROL) / "page/index.html").exists()
    assert "stored already" in house.run(CAROL, "sweep", *question)
    assert sorted(house.results.rglob("*")) == before

    # And she removes what both of them wrote.
    house.run(ALICE, "rm", kept["id"], "--yes", mask="077")
    assert list(house.results.rglob("zarr.json")) == []
