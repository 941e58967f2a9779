"""Gradient descent on the Rosenbrock function, written out."""

import autograd as ag
from autograd import Variable


def rosenbrock(x, y):
    return 100 * (y - x**2) ** 2 + (x - 1) ** 2


# A Variable is a value that remembers what is computed from it.
x = Variable(0.0)
y = Variable(2.0)
lr = 0.001

for step in range(1, 10_001):
    # Gradients add up until they are cleared.
    x.cleargrad()
    y.cleargrad()

    # Compute the value, then walk back through the computation: this fills in x.grad and y.grad.
    z = rosenbrock(x, y)
    z.backward()

    # Go a small step downhill. The step itself is nothing to differentiate.
    with ag.no_grad():
        x -= lr * x.grad
        y -= lr * y.grad

    if step % 1000 == 0:
        print(x.item(), y.item())
