"""Nothing public lacks a row in the table, a stub or an example."""

import inspect
import re
from pathlib import Path

import pytest

import autograd as ag
from autograd import functions as F
from cases import CASES, FILES

ROOT = Path(__file__).parents[1]
STUBS = Path(ag.__file__).with_name("_core.pyi")
SOURCES = sorted(p.stem for p in (ROOT / "rust" / "ops").rglob("*.rs") if p.stem != "mod")
ROWS = {case.name for case in CASES}


def test_ids_are_unique():
    ids = [case.id for case in CASES]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", F.__all__)
def test_every_function_has_a_row(name):
    assert name in ROWS


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_row_is_public(name):
    assert name in F.__all__ or hasattr(ag.Variable, f"__{name}__") or hasattr(ag.Variable, name)


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_has_a_row(source):
    assert FILES.get(source, {source}) <= ROWS


def test_every_mapped_source_exists():
    assert not SOURCES or set(FILES) <= set(SOURCES)


@pytest.mark.parametrize("name", F.__all__)
def test_every_function_has_a_stub(name):
    if inspect.isfunction(getattr(F, name)):
        return  # Python code has its types in place
    if not STUBS.exists():
        pytest.skip("the stubs are not written yet")
    if inspect.isfunction(getattr(F, name)):
        return  # written in Python, where annotations are in place
    assert re.search(rf"^def {name}\(", STUBS.read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", F.__all__)
def test_every_function_is_documented(name):
    doc = inspect.getdoc(getattr(F, name))
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"{section}\n---" in doc
    assert ">>> " in doc


def test_every_function_is_in_the_overview():
    named = set(re.findall(r"\w+", (ROOT / "docs" / "functions.md").read_text()))
    assert set(F.__all__) <= named


@pytest.mark.parametrize("name", [n for n in ag.__all__ if callable(getattr(ag, n))])
def test_every_name_is_documented(name):
    assert getattr(ag, name).__doc__.strip()


@pytest.mark.parametrize(
    "module", [ag, F, ag.random, *map(ag.__getattr__, ag._MODULES)], ids=lambda m: m.__name__
)
def test_all_lists_what_there_is(module):
    assert sorted(module.__all__) == sorted(set(module.__all__))
    assert all(hasattr(module, name) for name in module.__all__)
