"""The gradient of the Matyas function, 0.26 (x² + y²) - 0.48 x y, at (1, 1)."""

from autograd import Variable

x = Variable(1.0)
y = Variable(1.0)

# Operators work on Variables as they do on numbers.
z = 0.26 * (x**2 + y**2) - 0.48 * x * y
z.backward()

# By hand: 0.52 - 0.48 = 0.04 for both, up to rounding.
print(x.grad.item(), y.grad.item())
