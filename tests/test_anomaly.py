"""`detect_anomaly`: who made the first NaN or infinity."""

import threading

import numpy as np
import pytest

import autograd as ag
from autograd import Function, Variable
from autograd import functions as F
from support import both, fails


def message(call):
    with pytest.raises(FloatingPointError) as caught, ag.detect_anomaly():
        call()
    return str(caught.value)


@both(-1.0)
def test_forward_names_the_operation_and_the_line(start):
    x = Variable(start)
    text = message(lambda: F.exp(F.log(x)))  # the line in question
    assert text.startswith("Log made NaN")
    assert "test_anomaly.py" in text
    assert "the line in question" in text


@both(0.0)
def test_infinities_count(start):
    x = Variable(start)
    assert message(lambda: 1 / x).startswith("Div made an infinity")
    assert message(lambda: F.exp(x + 1000)).startswith("Exp made an infinity")


@both(0.0)
def test_backward_names_the_recorded_line(start):
    x = Variable(start)

    def run():
        y = x**1.5 * 0 + (x * x) ** 0.25
        z = F.log(x * x + 1e-320)  # made here
        F.sum(z + y).backward()

    text = message(run)
    assert "gradient of Log" in text
    assert "made here" in text


def test_what_was_there_before_is_not_new():
    """Who passes on what came in is not to blame."""
    x = Variable([np.inf, 1.0])
    with ag.detect_anomaly():
        y = x * 2
        z = F.softmax(Variable([[0.0, 1.0]]), -1)
    assert np.isinf(y.data[0])
    assert np.isfinite(z.data).all()
    # But what becomes of it may be: inf - inf.
    assert message(lambda: x - x).startswith("Sub made NaN")


def test_masks_of_attention_are_no_anomaly():
    rng = np.random.default_rng(0)
    q = Variable(rng.standard_normal((2, 3, 4)))
    with ag.detect_anomaly():
        y = F.scaled_dot_product_attention(q, q, q, is_causal=True)
        F.sum(y * y).backward()
    assert np.isfinite(q.grad.data).all()


def test_the_mode_nests_and_ends():
    x = Variable(-1.0)
    with ag.detect_anomaly():
        with ag.detect_anomaly():
            pass
        fails(lambda: F.log(x), FloatingPointError, "Log")
    assert np.isnan(F.log(x).data)

    @ag.detect_anomaly()
    def step():
        return F.log(x)

    fails(step, FloatingPointError, "Log")
    assert np.isnan(F.log(x).data)


def test_it_belongs_to_the_thread():
    results = []
    x = Variable(-1.0)
    with ag.detect_anomaly():
        thread = threading.Thread(target=lambda: results.append(F.log(x).item()))
        thread.start()
        thread.join()
    assert np.isnan(results[0])


def test_functions_of_the_user_are_named():
    class Bad(Function):
        def forward(self, x):
            return x

        def backward(self, gy):
            return gy * np.nan

    x = Variable([1.0, 2.0])
    text = message(lambda: F.sum(Bad()(x)).backward())
    assert "gradient of Bad" in text


def test_operations_recorded_before_have_no_line():
    x = Variable(0.0)
    y = F.sqrt(x * x + 0.0) / x
    text = message(lambda: y.backward())
    assert "called outside detect_anomaly" in text


def test_a_failure_leaves_everything_usable():
    x = Variable([0.0, 1.0])
    message(lambda: F.sum(1 / x))
    with ag.detect_anomaly():
        y = F.sum(x * x)
        y.backward(create_graph=True)
        g = F.sum(x.grad)
        x.cleargrad()
        g.backward()
    np.testing.assert_array_equal(x.grad.data, [2.0, 2.0])


def test_indices_and_several_results():
    x = Variable([[4.0, 1.0], [1.0, 3.0]])
    with ag.detect_anomaly():
        values, _ = F.eigh(x)
        F.sum(values * values).backward()
        y = F.sum(x[[0, 0, 1]] ** 2)
        y.backward()
    assert np.isfinite(x.grad.data).all()
