"""Several calls of one instance of a function of the user's own."""

import threading

import autograd as ag
from autograd import Function, Variable


def test_calls_of_an_instance_at_the_same_time():
    class Square(Function):
        def __init__(self):
            self.gate = threading.Barrier(2)

        def forward(self, x):
            self.x = x
            self.gate.wait(10)
            return x * x

        def backward(self, gy):
            return 2 * self.x * gy

    square, found = Square(), {}

    def work(at):
        x = Variable(at)
        square(x).backward()
        found[at] = x.grad.item()

    threads = [threading.Thread(target=work, args=(at,)) for at in (1.0, 10.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {1.0: 2.0, 10.0: 20.0}


def test_an_instance_that_calls_itself():
    class Square(Function):
        def forward(self, x):
            self.x = x
            return 4 * self(x / 2) if x.data > 1 else x * x

        def backward(self, gy):
            return 2 * self.x * gy

    x = Variable(3.0)
    y = Square()(x)
    y.backward()
    assert (y.item(), x.grad.item()) == (9.0, 6.0)


def test_an_instance_may_be_called_again():
    class Square(Function):
        def forward(self, x):
            self.x = x
            return x * x

        def backward(self, gy):
            return 2 * self.x * gy

    square = Square()
    a, b = Variable(1.0), Variable(10.0)
    y = square(a)
    z = square(b)
    y.backward()
    z.backward()
    assert (a.grad.item(), b.grad.item()) == (2.0, 20.0)
    assert square.x.item() == 1.0
    x = Variable(3.0)
    y = square(square(x))
    y.backward(create_graph=True)
    assert x.grad.item() == 108.0
    assert ag.grad(ag.grad(lambda x: square(square(x))))(3.0).item() == 108.0
    # With the graphs gone, or none recorded, it is the instance itself again.
    x.cleargrad()
    del y, z
    square(Variable(5.0))
    assert square.x.item() == 5.0
    square(Variable(6.0, requires_grad=False))
    square(Variable(7.0, requires_grad=False))
    assert square.x.item() == 7.0
