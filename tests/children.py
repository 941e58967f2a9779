"""What child processes of the tests run; they import it by name."""

import numpy as np

import autograd as ag
from autograd import Variable
from autograd import functions as F

SIZE = 400


def product(queue):
    """A product and a sum large enough for several threads, with a gradient, reported by value."""
    ag.set_num_threads(2)
    x = Variable(np.ones((SIZE, SIZE)))
    y = F.sum(F.exp(F.matmul(x, x) * (1.0 / SIZE)))
    y.backward()
    queue.put((y.item(), x.grad.at(0, 0)))


def inherited(queue, x, y):
    """The parent's Variables are the child's own after a fork."""
    x.cleargrad()
    y.backward()
    queue.put(float(np.sum(x.grad.data)))
