"""The examples in docstrings run and give what they show."""

import doctest
import inspect

import pytest

import autograd as ag

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def members(owner, prefix):
    """The public names of a module or class of this package that have a docstring."""
    for name in getattr(owner, "__all__", None) or sorted(vars(owner)):
        # Modules are there when they are asked for.
        module = inspect.ismodule(owner)
        member = getattr(owner, name) if module else inspect.getattr_static(owner, name)
        if not name.startswith("_") and isinstance(getattr(member, "__doc__", None), str):
            yield f"{prefix}.{name}", member


def documented():
    """Names and docstrings: the package, its modules, their functions and classes, and methods."""
    seen, work = {}, [("autograd", ag)]
    while work:
        name, thing = work.pop()
        ours = (getattr(thing, "__module__", None) or "autograd").startswith("autograd")
        if name in seen or not ours:
            continue
        seen[name] = thing.__doc__ or ""
        if inspect.ismodule(thing) or inspect.isclass(thing):
            work += members(thing, name)
    return seen


DOCS = documented()
EXAMPLES = sorted(name for name, doc in DOCS.items() if ">>>" in doc)


def run(text, name):
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    report = []
    doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("name", EXAMPLES)
def test_docstring(name, threads):
    run(inspect.cleandoc(DOCS[name]), name)


def test_examples_were_found():
    expected = {"autograd", "autograd.Variable", "autograd.Variable.backward", "autograd.no_grad",
                "autograd.functions.sin", "autograd.functions.matmul", "autograd.layers.Layer",
                "autograd.random.PCG"}  # fmt: skip
    assert expected <= set(EXAMPLES)
