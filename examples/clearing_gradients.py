"""Why gradients are cleared: they add up."""

from autograd import Variable

x = Variable(3.0)

# y = x + x, so the gradient is 2.
y = x + x
y.backward()
print("first:", x.grad.item())

# y = x + x + x, so the gradient is 3. It is added to the 2 that is there.
y = x + x + x
y.backward()
print("without clearing:", x.grad.item())

# The same after clearing.
x.cleargrad()
y = x + x + x
y.backward()
print("with clearing:", x.grad.item())
