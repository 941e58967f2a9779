"""Convolution and pooling at their edges: padding, ties, kernels that do not fit."""

import numpy as np
import pytest

from autograd import Variable
from autograd import functions as F
from support import fails, gradients

RNG = np.random.default_rng(0)
IMAGE = Variable(np.ones((2, 4, 5, 5)))
KERNEL = Variable(np.ones((6, 4, 3, 3)))


def test_convolution_of_usual_sizes():
    """Larger than the table's, where other kernels of the product are at work."""
    x, w = RNG.normal(size=(3, 4, 17, 19)), RNG.normal(size=(6, 2, 3, 5))
    y, (gx, gw) = gradients(lambda x, w: F.conv2d(x, w, None, (2, 1), 2, 1, 2), [x, w], None)
    padded = np.pad(x, [(0, 0), (0, 0), (2, 2), (2, 2)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 5), (2, 3))[:, :, ::2]
    windows = windows.reshape(3, 2, 2, *windows.shape[2:])
    want = np.einsum("ngcijkl,gockl->ngoij", windows, w.reshape(2, 3, 2, 3, 5))
    np.testing.assert_allclose(y, want.reshape(y.shape), rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(
        gw, np.einsum("ngcijkl->gckl", windows)[:, None].repeat(3, 1).reshape(w.shape), atol=1e-10
    )
    ones = np.ones_like(y)
    back = F.conv_transpose2d(ones, w, None, (2, 1), 2, (0, 0), 2)
    np.testing.assert_allclose(gx, back.data, atol=1e-11)


def test_same_padding_puts_the_odd_zero_at_the_end():
    x = Variable([[[1.0, 2.0, 3.0]]])
    y = F.conv1d(x, Variable([[[1.0, 10.0]]]), padding="same")
    np.testing.assert_array_equal(y.data, [[[21.0, 32.0, 3.0]]])


def test_convolution_of_no_channels_is_zero():
    y = F.conv2d(np.ones((2, 0, 3, 3)), np.ones((4, 0, 2, 2)), np.arange(4.0))
    np.testing.assert_array_equal(y.data[0, :, 0, 0], np.arange(4.0))


@pytest.mark.parametrize("f", [F.conv1d, F.conv2d, F.conv_transpose2d])
def test_bad_convolutions(f):
    n = 1 if f is F.conv1d else 2
    x, w = np.ones((2, 4, *(5,) * n)), np.ones((4, 4, *(3,) * n))
    name = f"{f.__name__}: "
    fails(lambda: f(x[0], w), ValueError, name, f"x must have {n + 2} axes", str(x[0].shape))
    fails(lambda: f(x, w[0]), ValueError, name, f"w must have {n + 2} axes", str(w[0].shape))
    fails(lambda: f(1.0, w), ValueError, name, "()")
    wrong = w[:, :3] if f is not F.conv_transpose2d else w[:3]
    fails(lambda: f(x, wrong), ValueError, name, "channels", str(x.shape), str(wrong.shape))
    fails(lambda: f(x, w, [1.0]), ValueError, name, "b must have shape (4,)", "(1,)")
    for groups in (0, 3, -1):
        fails(lambda g=groups: f(x, w, groups=g), ValueError, name, "groups", str(groups))
    for what in ("stride", "dilation"):
        fails(lambda k=what: f(x, w, **{k: 0}), ValueError, name, what, "positive")
        fails(lambda k=what: f(x, w, **{k: -1}), ValueError, name, what, "-1")
        fails(lambda k=what: f(x, w, **{k: (1,) * 3}), ValueError, name, what, "3")
        fails(lambda k=what: f(x, w, **{k: 1.5}), TypeError, name, what, "float")
    fails(lambda: f(x, w, padding=-1), ValueError, name, "padding", "-1")
    fails(lambda: f(x, w, padding="full"), ValueError, name, "padding", "full")
    fails(lambda: f(x, w[..., :0]), ValueError, name, "kernel size", "positive")
    fails(lambda: f("x", w), TypeError, name)
    fails(lambda: f(x, w, padding=2**62), (ValueError, MemoryError))
    fails(lambda: f(x, w, dilation=2**62), (ValueError, MemoryError))


def test_kernels_that_do_not_fit():
    fails(lambda: F.conv2d(IMAGE, KERNEL, dilation=3), ValueError, "conv2d: ", "(3, 3)", "axis 2")
    fails(lambda: F.conv2d(IMAGE[:, :, :, :2], KERNEL), ValueError, "(2, 4, 5, 2)", "axis 3")
    fails(lambda: F.conv2d(IMAGE[:, :, :0], KERNEL, padding=1), ValueError, "axis 2")
    fails(lambda: F.conv2d(IMAGE, KERNEL, padding="same", stride=2), ValueError, "same", "stride")
    w = np.ones((4, 1, 3, 3))
    fails(lambda: F.conv_transpose2d(IMAGE, w, output_padding=1), ValueError, "output_padding")
    fails(lambda: F.conv_transpose2d(IMAGE, w, padding=4), ValueError, "padding 4", "axis 2")
    fails(lambda: F.conv_transpose2d(IMAGE, w, padding="same"), ValueError, "padding")
    fails(lambda: F.conv_transpose2d(IMAGE[:, :, :0], w), ValueError, "axis 2", "empty")
    fails(lambda: F.conv_transpose2d(IMAGE, w, stride=2**62), (ValueError, MemoryError))
    fails(lambda: F.conv_transpose2d(IMAGE, w, stride=2**40), (ValueError, MemoryError))


def test_huge_paddings_need_memory():
    fails(lambda: F.conv2d(IMAGE, KERNEL, padding=2**28), MemoryError)
    fails(lambda: F.max_pool2d(IMAGE, 2**29, padding=2**28), MemoryError)


def test_ties_in_max_pool_share_the_gradient():
    """As in `max`, whichever row or column of the window they are in."""
    x = Variable([[1.0, 1.0], [1.0, 0.0]])
    F.max_pool2d(x, 2).backward()
    np.testing.assert_allclose(x.grad.data, [[1 / 3, 1 / 3], [1 / 3, 0.0]])
    x = Variable(np.zeros((4, 4)))
    F.max_pool2d(x, 3, 1, 1).backward()
    assert x.grad.data.sum() == pytest.approx(16.0)


def test_padding_of_pools():
    """Padding is smaller than everything for the maximum, and zeros that count for the mean."""
    x = Variable(np.full((1, 2, 2), -3.0))
    np.testing.assert_array_equal(F.max_pool2d(x, 2, padding=1).data, np.full((1, 2, 2), -3.0))
    np.testing.assert_array_equal(F.avg_pool2d(x, 2, padding=1).data, np.full((1, 2, 2), -0.75))
    y = Variable(np.full((2, 2), -np.inf))
    z = F.max_pool2d(y, 2, padding=1)
    np.testing.assert_array_equal(z.data, np.full((2, 2), -np.inf))
    z.backward()
    np.testing.assert_array_equal(y.grad.data, np.ones((2, 2)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_padding_does_not_tie_with_minus_infinity(dtype):
    """A maximum of -inf is that of the elements alone, which share the gradient."""
    x = np.full((2, 3, 4), -np.inf, dtype)
    x[1, 2, 3] = 5.0
    v = Variable(x)
    y = F.max_pool2d(v, (2, 3), (1, 2), 1)
    assert y.dtype == dtype
    seed = np.arange(1.0, y.size + 1).reshape(y.shape).astype(dtype)
    expected = np.zeros_like(x)
    for n, i, j in np.ndindex(y.shape):
        window = np.s_[n, max(i - 1, 0) : i + 1, max(2 * j - 1, 0) : 2 * j + 2]
        ties = x[window] == x[window].max()
        assert y.data[n, i, j] == x[window].max()
        expected[window] += seed[n, i, j] * ties / ties.sum()
    weights = Variable(seed)
    y.backward(weights, create_graph=True)
    np.testing.assert_allclose(v.grad.data, expected, rtol=1e-6)
    # The shares of a window add up to one.
    F.sum(v.grad).backward()
    np.testing.assert_allclose(weights.grad.data, np.ones(y.shape), rtol=1e-6)


@pytest.mark.parametrize("f", [F.max_pool2d, F.avg_pool2d])
def test_windows_of_padding_alone(f):
    for shape in [(1, 0, 4), (1, 4, 0), (0, 0)]:
        fails(lambda s=shape: f(np.zeros(s), 2, padding=1), ValueError, f.__name__, str(shape))
    fails(lambda: f(np.zeros((1, 0, 4)), (2, 1), padding=(1, 0)), ValueError, "(1, 0)")
    assert f(np.zeros((0, 4, 4)), 2, padding=1).shape == (0, 3, 3)


@pytest.mark.parametrize("f", [F.max_pool2d, F.avg_pool2d])
def test_bad_pools(f):
    name = f"{f.__name__}: "
    fails(lambda: f(IMAGE, 6), ValueError, name, "(6, 6)", "(2, 4, 5, 5)")
    fails(lambda: f(IMAGE, 0), ValueError, name, "kernel_size must be positive, got 0")
    fails(lambda: f(IMAGE, 2, stride=(1, 0)), ValueError, name, "stride", "positive")
    fails(lambda: f(IMAGE, -2), ValueError, name, "kernel_size must be positive, got -2")
    fails(lambda: f(IMAGE, 2, stride=-1), ValueError, name, "stride must be positive, got -1")
    fails(lambda: f(IMAGE, (2, 2, 2)), ValueError, name, "kernel_size", "3")
    fails(lambda: f(IMAGE, 2, padding=2), ValueError, name, "half", "(2, 2)")
    fails(lambda: f([1.0], 1), ValueError, name, "(1,)")
    fails(lambda: f(IMAGE, None), TypeError, name, "kernel_size")
    assert f(np.ones((0, 3, 3)), 2).shape == (0, 1, 1)
    fails(lambda: f(np.ones((3, 0, 3)), 1), ValueError, name, "(3, 0, 3)")


def test_steps_and_groups_of_convolutions():
    for n in (0, -1):
        for what in ("stride", "dilation", "groups"):
            message = f"conv2d: {what} must be positive, got {n}"
            fails(lambda w=what, n=n: F.conv2d(IMAGE, KERNEL, **{w: n}), ValueError, message)
    for bad in (True, 1.5, None):
        message = f"conv2d: groups must be an int, got {type(bad).__name__}"
        fails(lambda b=bad: F.conv2d(IMAGE, KERNEL, groups=b), TypeError, message)
