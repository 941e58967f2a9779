"""The pages run as they stand, lead where they say, and the API's name all there is."""

import doctest
import inspect
import re
import shutil
from importlib import import_module
from pathlib import Path

import pytest

import autograd as ag
from autograd.dot import _render

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
}
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
BLOCK = re.compile(r"(<!-- not run: .+ -->\n)?^```(?:python|pycon|py)\n(.*?)^```$", re.M | re.S)
TO_RUN = [name for name, text in PAGES.items() if BLOCK.search(text)]


def run_page(text, name):
    """Run the blocks of a page in one namespace, in order; sessions must show what they show."""
    names = {"__name__": "page"}
    for block in BLOCK.finditer(text):
        not_run, code = block.groups()
        line = text.count("\n", 0, block.start(2))
        if not_run:
            continue
        if re.search("^>>>", code, re.M):
            test = doctest.DocTestParser().get_doctest(code, names, name, name, line)
            report = []
            doctest.DocTestRunner(optionflags=FLAGS, verbose=False).run(
                test, out=report.append, clear_globs=False
            )
            assert not report, "".join(report)
            names = test.globs
        else:
            # Lines of the page, so that a traceback leads to them.
            exec(compile("\n" * line + code, name, "exec"), names)
    return names


@pytest.mark.parametrize("name", TO_RUN)
def test_page(name, tmp_path, monkeypatch):
    """Where there is no Graphviz, pictures are files with nothing but the name of their kind."""
    if name == "docs/optimisation.md":
        pytest.importorskip("scipy")
    if shutil.which("dot") is None:
        monkeypatch.setattr(_render, "draw", lambda what, text, kind, timeout: kind.encode())
    monkeypatch.chdir(tmp_path)
    run_page(PAGES[name], name)


def test_pages_were_found():
    guides = ("quick_start", "gradient_descent", "higher_order", "training", "transforms")
    assert {"README.md", *(f"docs/{guide}.md" for guide in guides)} <= set(TO_RUN)


def test_only_programs_of_other_libraries_are_not_run():
    names = [name for name in TO_RUN for block in BLOCK.finditer(PAGES[name]) if block[1]]
    others = ("dezero", "hips_autograd", "jax", "pytorch")
    assert names == [f"docs/coming_from_{other}.md" for other in others]


@pytest.mark.parametrize(
    ("page", "error"),
    [
        ("```python\nx = 1\n```\n\n```python\n>>> x\n2\n```\n", AssertionError),
        ("```python\nx = 1\n```\n\n```python\nassert x == 2\n```\n", AssertionError),
        ("```python\n# three\n>>> 3\n4\n```\n", AssertionError),
        ("```python\n>>> x = 1\n```\n\n```python\nraise ValueError(x)\n```\n", ValueError),
    ],
)
def test_what_is_wrong_is_found(page, error):
    with pytest.raises(error):
        run_page(page, "page")


def test_what_is_marked_is_left_out():
    page = "<!-- not run: it fails -->\n```python\n1 / 0\n```\n\n```python\nx = 1\n```\n"
    assert run_page(page, "page")["x"] == 1


def anchors(text):
    """What the links to a page may name: its headings, and objects of the API."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    slugs = {re.sub(r"[^\w\s-]", "", h).strip().lower().replace(" ", "-") for h in headings}
    return slugs | set(re.findall(r"^::: (\S+)$", text, re.M))


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    text = re.sub(r"^```.*?^```$", "", PAGES[name], flags=re.M | re.S)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        page, _, anchor = link.partition("#")
        target = ((ROOT / name).parent / page).resolve() if page else ROOT / name
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(PAGES[target.relative_to(ROOT).as_posix()]), link


def test_the_site_has_every_page():
    listed = re.findall(r"\S+\.md$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M)
    assert sorted(listed) == sorted(str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md"))


def public(module):
    """Every function, class and constant that is reached by `__all__`, with one of its names."""
    found, work = {}, [module]
    while work:
        owner = work.pop()
        for name in owner.__all__:
            thing = getattr(owner, name)
            if inspect.ismodule(thing):
                work.append(thing)
            elif name != "__version__":
                found[id(thing)] = f"{owner.__name__}.{name}"
    return found


def test_the_api_pages_name_all_there_is():
    text = "".join(text for name, text in PAGES.items() if name.startswith("docs/api/"))
    things = []
    for path in re.findall(r"^::: (\S+)$", text, re.M):
        owner, _, name = path.rpartition(".")
        thing = getattr(import_module(owner), name)
        if not inspect.ismodule(thing):
            things.append((id(thing), path))
    wanted = public(ag)
    left_out = {name for key, name in wanted.items() if key not in dict(things)}
    assert not left_out
    assert len(things) == len(dict(things)), "something is named twice"
