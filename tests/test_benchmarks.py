"""The arithmetic of the benchmarks: figures, ratios, verdicts, tables. Nothing is measured."""

import json
import math
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

# No part of the package, but of the source tree.
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import baseline, layouts, page, verdict
from benchmarks.baseline import Conditions, Ratio
from benchmarks.catalogue import PEERS, WORKLOADS, Workload
from benchmarks.measure import Crew, measure
from benchmarks.memory import peak
from benchmarks.result import Result, label, number, reduce
from benchmarks.run import visits
from benchmarks.runs import Measured, Timed
from benchmarks.sides import Failure, Side, peer_options
from benchmarks.worker import Sampler, numbers

HERE = Conditions("EPYC", "avx2", 2, "3.11.7", {"numpy": "2.4.6", "jax": "0.10"})


def rounds(*minima):
    """One sample a round, in seconds, and a longer one."""
    return [[{"": low}, {"": 1.5 * low}] for low in minima]


def result(ours, **others):
    workload = Workload("name", "ms", "title", lambda: Timed(int), yardstick="numpy")
    sides = {"autograd": ours, **others}
    return Result(workload, {who: rounds(*lows) for who, lows in sides.items()})


def test_a_figure_is_reduced_over_all_rounds():
    r = result([0.004, 0.002], numpy=[0.008, 0.006])
    assert r.figure("autograd", min) == pytest.approx(2)
    assert r.figure("autograd", max) == pytest.approx(6)
    assert r.ratio("numpy") == pytest.approx(3)


def test_bare_python_is_taken_off_after_reduction():
    taken = [[{"": 5.0, "bare Python": 3.0}, {"": 6.0, "bare Python": 2.0}]]
    assert reduce(taken, min) == 3.0
    assert reduce(taken, min, "bare Python") == 2.0


def test_a_second_measurement_adds_to_the_first():
    r = result([0.004], numpy=[0.008], jax=[0.001]).both(result([0.002], numpy=[0.009]))
    assert baseline.ratios(r)["numpy"].ratio == pytest.approx(0.25)
    # Who failed the second time is out.
    assert list(r.rounds) == ["autograd", "numpy"]
    assert r.ours
    assert not r.both(Result(r.workload)).ours


def test_a_ratio_of_steady_times_is_certain():
    found = baseline.ratio(rounds(*[2.0] * 10), rounds(*[4.0] * 10))
    assert found == Ratio(0.5, 0.0)


def test_the_spread_follows_the_noise():
    rng = np.random.default_rng(0)
    spreads = []
    for noise in (0.01, 0.3):
        ours, theirs = (rounds(*(1 + noise * rng.exponential(size=10))) for _ in range(2))
        spreads.append(baseline.ratio(ours, theirs).spread)
    assert 0 < spreads[0] < 0.02 < spreads[1] < 0.3


def test_a_ratio_does_not_change_from_call_to_call():
    ours, theirs = rounds(1.0, 1.1, 1.3), rounds(2.0, 2.5, 1.9)
    assert baseline.ratio(ours, theirs) == baseline.ratio(ours, theirs)


def test_sides_may_have_taken_part_in_different_numbers_of_rounds():
    assert baseline.ratio(rounds(1.0, 1.0, 0.5), rounds(2.0, 2.0)).ratio == 0.25


@pytest.mark.parametrize(
    ("now", "spread", "worse"),
    [
        (1.0, 0.0, False),
        (1.09, 0.0, False),
        (1.12, 0.0, True),
        (0.5, 0.0, False),
        (1.25, 0.1, False),
        (1.6, 0.1, True),
    ],
)
def test_worse_is_what_noise_does_not_explain(now, spread, worse):
    change = verdict.change("numpy", Ratio(1.0, spread), Ratio(now, 0.0), verdict.SAME_MACHINE)
    assert change.worse is worse
    assert change.factor == pytest.approx(now)


def test_noise_of_both_measurements_counts():
    change = verdict.change("numpy", Ratio(1.0, 0.03), Ratio(1.0, 0.04), 0.0)
    assert change.allowed == pytest.approx(math.exp(verdict.DEVIATIONS * 0.05))


def test_noise_explains_so_much_and_no_more():
    change = verdict.change("numpy", Ratio(1.0, 5.0), Ratio(2.1, 5.0), 0.1)
    assert change.allowed == verdict.MOST
    assert change.worse


@pytest.mark.parametrize(
    ("now", "worse"),
    [
        ({"numpy": 1.5, "jax": 1.5, "torch": 1.5}, True),
        ({"numpy": 1.5, "jax": 1.5, "torch": 1.0}, True),
        ({"numpy": 1.5, "jax": 1.0, "torch": 1.0}, False),
        ({"numpy": 1.5, "jax": 1.0}, False),
        ({"numpy": 1.5}, True),
        ({}, False),
    ],
)
def test_most_references_must_agree(now, worse):
    was = dict.fromkeys(("numpy", "jax", "torch"), Ratio(1.0, 0.0))
    changes = verdict.compare(was, {who: Ratio(x, 0.0) for who, x in now.items()}, 0.1)
    assert len(changes) == len(now)
    assert verdict.worse(changes) is worse


def test_the_same_conditions_compare():
    known = verdict.comparable(HERE, HERE)
    assert known == verdict.Comparable(verdict.SAME_MACHINE, frozenset({"numpy", "jax"}), ())


@pytest.mark.parametrize("other", [{"processor": "Xeon"}, {"python": "3.13.1"}])
def test_another_processor_is_judged_mildly(other):
    known = verdict.comparable(HERE, replace(HERE, **other))
    assert known.floor == verdict.OTHER_MACHINE
    assert len(known.notes) == 1


@pytest.mark.parametrize("other", [{"instructions": "avx512"}, {"threads": 8}])
def test_other_instructions_are_not_judged(other):
    assert verdict.comparable(HERE, replace(HERE, **other)).floor is None


def test_a_reference_of_another_version_is_left_out():
    known = verdict.comparable(HERE, replace(HERE, versions={"numpy": "2.5", "jax": "0.10"}))
    assert known.same == {"jax"}
    assert "numpy: 2.5 here" in known.notes[0]


def test_a_baseline_comes_back_as_it_was(tmp_path, monkeypatch):
    r = result([0.002, 0.0021], numpy=[0.004, 0.0041], hips=[0.003], jax=[0.5, 0.6])
    monkeypatch.setitem(WORKLOADS, "name", r.workload)
    baseline.write(tmp_path / "b.json", HERE, [r])
    where, rows = baseline.read(tmp_path / "b.json")
    assert where == HERE
    assert set(rows["name"]) == {"numpy"}  # HIPS autograd is no reference, JAX far away
    assert rows["name"]["numpy"].ratio == pytest.approx(0.5)


def test_what_is_checked_has_something_to_compare_with():
    import_module("benchmarks.peers.numpy")
    import_module("benchmarks.peers.yardstick")
    for name, workload in WORKLOADS.items():
        yard = workload.yardstick
        if yard == "numpy":
            assert name in PEERS["numpy"]
        elif yard is not None:
            assert yard in PEERS["yardstick"]


def test_every_workload_has_a_place_on_the_page():
    assert sorted(page.everything()) == sorted(WORKLOADS)


def test_the_page_has_a_place_for_results():
    text = page.PAGE.read_text("utf-8")
    assert text.count(page.BEGIN) == text.count(page.END) == 1


def test_the_committed_baseline_is_of_workloads_that_there_are():
    if baseline.BASELINE.exists():
        _, rows = baseline.read(baseline.BASELINE)
        assert rows
        assert all(WORKLOADS[name].yardstick for name in rows)


def test_writing_keeps_what_is_around(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(f"before\n{page.BEGIN}\nold\n{page.END}\nafter\n")
    page.write(path, "new")
    assert path.read_text() == f"before\n{page.BEGIN}\n\nnew\n\n{page.END}\nafter\n"
    path.write_text("no markers")
    with pytest.raises(ValueError, match="lacks the lines"):
        page.write(path, "new")


def test_a_table_has_a_peer_where_it_took_part():
    lines = layouts.compared("what", lambda w: w.title)(
        [result([0.002], numpy=[0.004]), result([0.002], jax=[0.001])]
    ).splitlines()
    assert lines[0] == "| what | this package | NumPy | JAX |"
    assert lines[2] == "| title | 2.00 | 4.00 (2.00x) |  |"
    assert lines[3] == "| title | 2.00 |  | 1.00 (0.50x) |"


def test_a_table_of_threads_shows_the_gain():
    workload = Workload("t", "ms", "title", lambda: Timed(int), threads=(1, 2))
    r = Result(workload, {"autograd@1": rounds(0.003), "autograd@2": rounds(0.002)})
    assert layouts.with_threads([r]).splitlines()[-1] == "| title | ms | 3.00 | 2.00 | 1.50x |"


@pytest.mark.parametrize(
    ("value", "text"), [(12345.6, "12,346"), (12.34, "12.3"), (1.234, "1.23"), (0.1234, "0.123")]
)
def test_numbers_have_three_digits(value, text):
    assert number(value) == text


def test_labels():
    assert label("torch") == "PyTorch"
    assert label("autograd@1") == "this package, 1 thread"
    assert label("numpy@2") == "NumPy, 2 threads"


def test_options_name_an_interpreter():
    assert peer_options(["jax=/usr/bin/python3"]) == {"jax": "/usr/bin/python3"}
    for wrong in ("jax", "jax=", "numpy=/usr/bin/python3"):
        with pytest.raises(ValueError, match="NAME=PYTHON"):
            peer_options([wrong])


class Process:
    """Stands in for a side's process: JAX's has no memory left, the others are always as fast."""

    started: ClassVar[list[str]] = []

    def __init__(self, name, python, threads=None):
        self.name = name
        self.started.append(name)

    def ask(self, **request):
        if "prepare" in request:
            return {"first": 1.0}
        if self.name == "jax":
            raise Failure("out of memory")
        return {"samples": [{"": 0.001}]}

    def close(self):
        pass


@pytest.fixture
def processes(monkeypatch):
    monkeypatch.setattr("benchmarks.measure.Worker", Process)
    monkeypatch.setattr(Process, "started", [])
    return Process.started


def measured(workload, *names):
    about = {"threads": 2, "workloads": [workload.name]}
    sides = [Side(name, "python", about) for name in ("autograd", *names)]
    with Crew() as crew:
        return measure(workload, sides, 9, 0.1, crew)


@pytest.mark.parametrize(
    ("more", "ours", "torch"),
    [
        ({}, 1, 1),
        ({"yardstick": "numpy"}, 3, 1),
        ({"fresh": True, "rounds": 4}, 4, 4),
        ({"group": "some"}, 1, 1),
    ],
)
def test_processes_of_a_workload(processes, more, ours, torch):
    workload = Workload("w", "ms", "title", lambda: Timed(int), **more)
    found = measured(workload, "torch")
    assert [len(found.rounds[who]) for who in ("autograd", "torch")] == [more.get("rounds", 9)] * 2
    assert (processes.count("autograd"), processes.count("torch")) == (ours, torch)


def test_watched_workloads_come_round_between_the_others(monkeypatch):
    def one(name, **more):
        return Workload(name, "ms", "title", lambda: Timed(int), **more)

    there = [one("a", yardstick="numpy"), *map(one, "bcd"), one("e", yardstick="numpy")]
    monkeypatch.setattr("benchmarks.run.WORKLOADS", {w.name: w for w in there})
    order = visits(list("abcde"), 7)
    assert [name for name, _ in order] == list("aebaecdae")
    assert [rounds for name, rounds in order if name == "a"] == [2, 2, 3]
    assert {rounds for name, rounds in order if name in "bcd"} == {7}
    assert visits(["a", "b"], 1) == [("b", 1), ("a", 1)]


def test_a_side_that_fails_is_left_out(processes, capsys):
    workload = Workload("w", "ms", "title", lambda: Timed(int))
    found = measured(workload, "jax")
    assert list(found.rounds) == ["autograd"]
    assert "JAX: out of memory" in capsys.readouterr().out


def test_every_number_of_threads_takes_part(processes):
    workload = Workload("w", "ms", "title", lambda: Timed(int), threads=(1, 2), sides=("autograd",))
    assert list(measured(workload, "torch").rounds) == ["autograd@1", "autograd@2"]


def test_a_sampler_repeats_what_is_short():
    calls = []
    sampler = Sampler(Timed(lambda: calls.append(1), units=10))
    assert len(calls) == 2
    assert 0 < sampler.sample()[""] < 1e-3
    assert len(calls) == 2 + sampler.loops > 3


def test_a_sampler_takes_what_is_measured():
    sampler = Sampler(Measured(lambda: {"": 1.0, "part": 0.5}))
    assert sampler.turn(0.0) == [{"": 1.0, "part": 0.5}]


def test_values_are_compared_as_numbers():
    import autograd as ag

    assert numbers([ag.Variable(2.0), np.ones(2)]) == [2.0, 1.0, 1.0]
    assert len(numbers(np.ones(10_001))) <= 1000


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells the peak")
def test_the_peak_is_that_of_the_steps():
    def setup():
        return Timed(lambda: np.ones(4_000_000))  # 32 MB, freed after each step

    assert 30e6 < peak(lambda: None, setup).call()[""] < 100e6


def test_baseline_is_json():
    if baseline.BASELINE.exists():
        assert set(json.loads(baseline.BASELINE.read_text())) == {"conditions", "rows"}
