"""How the command line says how far it has come."""

import sys

import pytest

from autograd._cli.progress import Progress, clock


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00"),
        (59.4, "0:59"),
        (59.6, "1:00"),
        (61, "1:01"),
        (3599.7, "1:00:00"),
        (7385, "2:03:05"),
    ],
)
def test_clock(seconds, text):
    assert clock(seconds) == text


def test_remaining_time(capsys, monkeypatch):
    """Two of ten steps in a minute: four minutes are left."""
    now = iter([100.0, 160.0])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    with Progress(10, "epoch", every=2) as progress:
        progress.step("loss 1")
        progress.step("loss 0.5")
    out, err = capsys.readouterr()
    assert (out, err) == ("", "epoch 2/10: loss 0.5, elapsed 1:00, ETA 4:00\n")


def test_nothing_to_report(capsys):
    with Progress(2) as progress:
        progress.step()
        progress.step()
    with Progress(1, every=1) as progress:
        progress.step()
    assert capsys.readouterr().err == "step 1/1: elapsed 0:00, ETA 0:00\n"


def test_bar_shows_the_state(capsys, monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress(1, "epoch", every=1) as progress:
        progress._bar.mininterval = 0.0
        progress.step("loss 0.25")
    text = capsys.readouterr().err
    assert "1/1 [" in text
    assert "epochs/s, loss 0.25]" in text
    assert "ETA" not in text


def test_lines_on_a_terminal_without_tqdm(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with Progress(1, "epoch", every=1) as progress:
        progress.step("loss 0.25")
    assert capsys.readouterr().err == "epoch 1/1: loss 0.25, elapsed 0:00, ETA 0:00\n"
