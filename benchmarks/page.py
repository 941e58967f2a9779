"""The part of the page that is measured: several tables, each with what it shows."""

from dataclasses import dataclass
from pathlib import Path

from . import layouts
from .catalogue import WORKLOADS, Workload
from .inputs import DEPTHS, PRODUCT_NAMES, SIZES
from .layouts import Layout
from .result import Result
from .sides import ROOT
from .workloads.scaling import power

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- results: written by benchmarks.run -->", "<!-- end of results -->"


@dataclass(frozen=True)
class Table:
    """A table of its own: its heading, what it shows, its workloads, and how it is laid out."""

    heading: str
    words: str
    names: tuple[str, ...]
    layout: Layout


def last_part(workload: Workload) -> str:
    """Return the power of ten at the end of a workload's name."""
    return power(workload.name.rpartition("-")[2])


def shape_and_dtype(workload: Workload) -> tuple[str, str]:
    """Return a product's line and columns."""
    shapes, dtype = PRODUCT_NAMES[workload.name]
    return shapes.title, dtype


SIDE_TABLES = [
    Table(
        "Matrix products",
        "Microseconds, minimum; in brackets how many times as long as this package a peer takes. "
        "No operand needs a gradient, so that nothing is recorded.",
        tuple(PRODUCT_NAMES),
        layouts.in_pairs("shapes", shape_and_dtype),
    ),
    Table(
        "Peak memory",
        "Megabytes by which ten steps raise the peak of the process's memory, the least of three "
        "processes. What JAX needs to compile is in it.",
        tuple(name for name in WORKLOADS if name.startswith("memory-")),
        layouts.compared("ten steps", lambda w: w.title),
    ),
    Table(
        "With size",
        "`tanh(sin(x)*exp(-x*x)+x)` and its gradient, float64: nanoseconds per element. What few "
        "elements cost is the price of the calls; from 10^6 on the arrays leave the caches.",
        tuple(f"size-elementwise-{name}" for name in SIZES),
        layouts.compared("elements", last_part),
    ),
    Table(
        "",
        "The sum of all elements, float64, likewise:",
        tuple(f"size-sum-{name}" for name in SIZES),
        layouts.compared("elements", last_part),
    ),
    Table(
        "With depth",
        "A chain of `y = y + x`: microseconds per operation, built, differentiated, and freed. "
        "Flat if the cost does not depend on the length.",
        tuple(f"deep-{name}" for name in DEPTHS),
        layouts.phases("operations", last_part),
    ),
    Table(
        "With threads",
        "The same work with one thread and with two. NumPy has threads for products of matrices "
        "alone.",
        tuple(name for name in WORKLOADS if name.startswith("threads-")),
        layouts.with_threads,
    ),
    Table(
        "Python threads at once",
        "A kernel called by one Python thread, and by two at the same time, while the library "
        "itself uses one thread. Two cores that are free and an interpreter's lock that is "
        "released give 1; a lock that is held gives 2.",
        tuple(name for name in WORKLOADS if name.startswith("overlap-")),
        layouts.overlapping,
    ),
]
MAIN = (
    *("scalar", "rosenbrock", "chain", "deep-1e5", "deep-1e6", "deep-1e7", "sin6"),
    *("mlp", "mlp-layers", "mlp-large32", "mlp-large64", "lstm", "block32", "block64"),
    *("hessian", "hessian-1000", "elementwise", "elementwise32"),
    *("matmul32", "matmul64", "sum-0", "sum-1"),
    *("import", "size"),
)


def everything() -> list[str]:
    """Return the names of all workloads, in the order of the page."""
    return list(dict.fromkeys([*MAIN, *(n for table in SIDE_TABLES for n in table.names)]))


def body(notes: dict[str, str], results: list[Result]) -> str:
    """Write everything that stands between the markers."""
    found = {r.workload.name: r for r in results}
    parts = ["\n".join(f"- {name}: {value}" for name, value in notes.items())]
    parts.append(layouts.workloads([found[name] for name in MAIN if name in found]))
    for table in SIDE_TABLES:
        there = [found[name] for name in table.names if name in found]
        if there:
            parts += [f"### {table.heading}"] if table.heading else []
            parts += [table.words, table.layout(there)]
    return "\n\n".join(parts)


def write(path: Path, text: str) -> None:
    """Put text between the markers of a file.

    Raises
    ------
    ValueError
        If the file lacks the markers.
    """
    page = path.read_text()
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{path} lacks the lines {BEGIN} and {END}")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
