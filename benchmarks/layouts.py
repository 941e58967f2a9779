"""Ways to lay results out as a table in Markdown."""

import statistics
from collections.abc import Callable, Iterable

from .catalogue import Workload
from .result import US, Result, aims, label, number
from .sides import LABELS

Layout = Callable[[list[Result]], str]


def markdown(head: list[str], rows: Iterable[list[str]], words: int = 1) -> str:
    """Write a table, of which the first columns are words and the others figures."""
    lines = [head, ["---"] * words + ["---:"] * (len(head) - words), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def peers(results: list[Result]) -> list[str]:
    """Return who takes part besides this package."""
    found = {who for r in results for who in r.rounds}
    return [who for who in LABELS if who in found and who not in (US, "yardstick")]


def beside(result: Result, who: str) -> str:
    """Write a peer's minimum and the ratio of the minima."""
    if who not in result.rounds:
        return ""
    return f"{number(result.figure(who, min))} ({result.ratio(who):.2f}x)"


def workloads(results: list[Result]) -> str:
    """A line for each workload, and one for each of its parts."""
    others = peers(results)
    head = ["workload", "unit", "minimum", "median", "goal", "first mark", *map(label, others)]
    rows = []
    for r in results:
        whole = [number(r.figure(US, stat)) for stat in (min, statistics.median)]
        cells = [beside(r, who) for who in others]
        rows.append([r.workload.title, r.workload.unit, *whole, *aims(r.workload), *cells])
        for part in r.parts(US):
            figures = [number(r.figure(US, stat, part)) for stat in (min, statistics.median)]
            rows.append([f"&ensp;{part}", r.workload.unit, *figures] + [""] * (len(head) - 4))
    return markdown(head, rows, words=2)


def compared(first: str, name: Callable[[Workload], str]) -> Layout:
    """A line for each workload: its minimum on every side."""

    def layout(results: list[Result]) -> str:
        others = peers(results)
        head = [first, label(US), *map(label, others)]
        return markdown(
            head,
            (
                [name(r.workload), number(r.figure(US, min)), *(beside(r, who) for who in others)]
                for r in results
            ),
        )

    return layout


def phases(first: str, name: Callable[[Workload], str]) -> Layout:
    """A line for each workload, with its parts before the peers."""

    def layout(results: list[Result]) -> str:
        others, parts = peers(results), results[0].parts(US)
        head = [first, label(US), *(f"its {part}" for part in parts), *map(label, others)]
        return markdown(
            head,
            (
                [
                    name(r.workload),
                    *(number(r.figure(US, min, part)) for part in ("", *parts)),
                    *(beside(r, who) for who in others),
                ]
                for r in results
            ),
        )

    return layout


def in_pairs(first: str, of: Callable[[Workload], tuple[str, str]]) -> Layout:
    """A line for the workloads of one name, side by side; `of` tells name and group of columns."""

    def layout(results: list[Result]) -> str:
        found = {of(r.workload): r for r in results}
        names = dict.fromkeys(name for name, _ in found)
        groups = dict.fromkeys(group for _, group in found)
        everyone = [US, *peers(results)]
        head = [first, *(f"{group}: {label(who)}" for group in groups for who in everyone)]
        rows = []
        for name in names:
            row = [name]
            for group in groups:
                r = found.get((name, group))
                row.append(number(r.figure(US, min)) if r else "")
                row += [beside(r, who) if r else "" for who in everyone[1:]]
            rows.append(row)
        return markdown(head, rows)

    return layout


def with_threads(results: list[Result]) -> str:
    """For each workload and side: the time with one thread, with more, and how much that helps."""
    there = {who.partition("@")[0] for r in results for who in r.rounds}
    found = [side for side in LABELS if side in there]
    few, many = map(str, sorted(results[0].workload.threads))
    head = ["workload", "unit"]
    for side in found:
        head += [label(f"{side}@{few}"), many, "gain"]
    rows = []
    for r in results:
        row = [r.workload.title, r.workload.unit]
        for side in found:
            both = [f"{side}@{n}" for n in (few, many)]
            if all(who in r.rounds for who in both):
                slow, fast = (r.figure(who, min) for who in both)
                row += [number(slow), number(fast), f"{slow / fast:.2f}x"]
            else:
                row += [""] * 3
        rows.append(row)
    return markdown(head, rows, words=2)


def overlapping(results: list[Result]) -> str:
    """For each kernel and side: the time of one, and of two at once, and their ratio."""
    everyone = [US, *peers(results)]
    head = ["kernel", "unit"]
    for who in everyone:
        head += [f"{label(who)}: one", "two at once", "ratio"]
    rows = []
    for r in results:
        row = [r.workload.title, r.workload.unit]
        for who in everyone:
            if who in r.rounds:
                one, two = r.figure(who, min, "one thread"), r.figure(who, min)
                row += [number(one), number(two), f"{two / one:.2f}"]
            else:
                row += [""] * 3
        rows.append(row)
    return markdown(head, rows, words=2)
