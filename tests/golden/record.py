"""How the golden catalogue was made, with the modules of commit fda0603: `python tests/golden/record.py PLACE`.

It is kept to tell what the catalogue holds, and is not meant to be run again with later code: what that
writes is what is to be compared with the catalogue.
"""

import platform
import sys
import time

from flows.audit_wave import AUDIT as WAVE
from flows.auditing import Audit
from flows.block import run_block
from flows.job import Options
from flows.study import SearchRequest, Study, SweepRequest

from flows import search, sweep, tracing

GAIN, FULL = {"operator": "gain"}, {"operator": "full"}
OSCILLATING = {"operator": "full", "datum": "oscillating"}
BETA = [0.0, 0.25, 0.5]


def answer(job):
    began = time.perf_counter()
    isolated = job.options.time_limit is not None
    for asked in job.rounds():
        for block in asked.blocks:
            run_block(block, job.assignment, isolated)
    job.finish(seconds=0.0)
    print(f"{time.perf_counter() - began:6.1f} s  {job.title}  {job.store.totals()}", flush=True)
    return job


def begin(job):
    """Computes half of the blocks, and does not finish."""
    ((blocks, _),) = job.rounds()
    for block in blocks[: len(blocks) // 2]:
        run_block(block, job.assignment)


QUESTIONS = Study(
    "Questions of the golden catalogue",
    searches=(
        SearchRequest("wave.growth", "beta", {"M": [7, 8]}, GAIN),
        SearchRequest("wave.spectra", "beta", {"cascade": ["wave_action", "energy"]}),
    ),
    sweeps=(
        SweepRequest("wave.growth", {"beta": [0.0, 0.5, 1.0], "M": [12, 16]}, OSCILLATING),
        SweepRequest("wave.spectra", {"beta": BETA, "cascade": ["wave_action", "energy"]}),
    ),
)

CLAIMED = ("(5.21)", "Remark 1.6")
CLAIMS = [claim for claim in WAVE.claims if claim.equation in CLAIMED]
AUDIT = Audit("wave", CLAIMS, QUESTIONS, "")


def build(place):
    """Writes the catalogue."""
    platform.node = lambda: "golden"
    kept = {"catalogue": place}
    answer(sweep.prepare("wave.growth", {"beta": BETA, "M": [7, 8]}, GAIN, **kept))
    # near M = 2 beta + 6 two exponents nearly coincide, and points stay unresolved
    answer(sweep.prepare("wave.growth", {"beta": [0.0, 0.2, 0.25], "M": [6.05, 6.5]}, FULL, **kept))
    hurried = Options(time_limit=1e-6)
    answer(sweep.prepare("wave.growth", {"M": [9, 11]}, {"operator": "loss"}, place, hurried))
    answer(search.prepare("wave.growth", "beta", {"M": [7, 8]}, GAIN, 1e-6, place))
    # five lines or more start from their neighbours' boundaries, but if all of them are scanned
    lines = {"M": [7, 7.5, 8, 9, 10]}
    answer(search.prepare("wave.growth", "beta", lines, GAIN, 1e-3, place))
    answer(search.prepare("wave.growth", "beta", lines, GAIN, 1e-3, place, neighbours=False))
    answer(search.prepare("wave.growth", "beta", {"M": [6.25, 6.5, 8]}, FULL, 1e-4, place, coarse=7))
    answer(search.prepare("boltzmann.riesz", "s", {"gamma": [-0.5, 0.0]}, {"d": 3}, 1e-3, place))
    answer(
        search.prepare(
            "boltzmann.riesz", "s", {"direction": ["eta_perp", "speed"]}, {"r_minus_gamma": 0.25}, 1e-3, place
        )
    )
    answer(
        tracing.prepare(
            "wave.growth", "beta", "M", (6.1, 6.9), FULL, 1e-2, coarse=4, depth=1, catalogue=place
        )
    )
    answer(
        tracing.prepare("wave.growth", "beta", "M", (8, 9), FULL, 1e-2, coarse=2, depth=0, catalogue=place)
    )
    audit = AUDIT.prepare(place)
    for job in audit.jobs:
        answer(job)
    print(audit.store().id, audit.said)
    begin(sweep.prepare("boltzmann.riesz", {"s": [0.3, 0.4, 0.6, 0.7], "gamma": [-0.25, 0.25]}, **kept))


if __name__ == "__main__":
    build(sys.argv[1])
