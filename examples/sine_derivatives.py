"""The derivatives of sin at 1, up to order 6: each is the derivative of the one before."""

from autograd import Variable
from autograd import functions as F

x = Variable(1.0)
y = F.sin(x)
print(f"sin(1) = {y.item()}")

for order in range(1, 7):
    x.cleargrad()
    # create_graph records the backward pass too, so that its result can be differentiated.
    y.backward(create_graph=True)
    y = x.grad
    print(f"order {order}: {y.item()}")
