"""A line fitted to noisy points: linear regression by hand."""

import numpy as np

import autograd as ag
from autograd import Variable
from autograd import functions as F

# A hundred points near the line y = 5 + 2x. The seed makes them the same in every run.
rng = np.random.default_rng(0)
x = rng.random((100, 1))
y = 5 + 2 * x + 0.1 * rng.standard_normal((100, 1))

# What is to be found: the slope w and the intercept b. Arrays, like x and y, are constants.
w = Variable(np.zeros((1, 1)))
b = Variable(np.zeros(1))
lr = 0.1


def predict(x):
    return F.matmul(x, w) + b


def mean_squared_error(y0, y1):
    return F.mean((y0 - y1) ** 2)


for step in range(1, 1001):
    loss = mean_squared_error(predict(x), y)

    w.cleargrad()
    b.cleargrad()
    loss.backward()

    with ag.no_grad():
        w -= lr * w.grad
        b -= lr * b.grad

    if step % 200 == 0:
        print(f"step {step}: loss {loss.item():.6f}")

print(f"y = {b.item():.4f} + {w.item():.4f} x")
