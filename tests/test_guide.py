"""The guides in docs/ run as they stand."""

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)


def run_page(text, name):
    """Run the blocks of a page in one namespace, in order; sessions must show what they show."""
    names = {"__name__": "guide"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start(1))
        if block[1].startswith(">>>"):
            test = doctest.DocTestParser().get_doctest(block[1], names, name, name, line)
            report = []
            doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append, clear_globs=False)
            assert not report, "".join(report)
            names = test.globs
        else:
            # Lines of the page, so that a traceback leads to them.
            exec(compile("\n" * line + block[1], name, "exec"), names)
    return names


def test_training(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = run_page((DOCS / "training.md").read_text("utf-8"), "training.md")
    assert "sequence" in names, "the last blocks were not reached"
    assert {path.name for path in tmp_path.iterdir()} == {"spirals.safetensors", "checkpoint"}


def test_links_of_the_guide_lead_somewhere():
    """To headings of the page and to files."""
    text = (DOCS / "training.md").read_text("utf-8")
    headings = {h.lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.M)}
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for link in links:
        if link.startswith("#"):
            assert link[1:] in headings, link
        elif "://" not in link:
            assert (DOCS / link).exists(), link


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ("```python\nx = 1\n```\n\n```python\n>>> x\n2\n```\n", AssertionError),
        ("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", AssertionError),
        ("```python\n>>> x = 1\n```\n\n```python\nraise ValueError(x)\n```\n", ValueError),
    ],
)
def test_what_is_wrong_is_found(page, error):
    with pytest.raises(error):
        run_page(page, "page")
