"""Handwritten digits: a network that reads those of scikit-learn's data set."""

import autograd as ag
from autograd import data, optimizers, random
from autograd import functions as F
from autograd import layers as L
from autograd.optimizers import schedules

try:
    from sklearn.datasets import load_digits
except ModuleNotFoundError:
    raise SystemExit("this example needs scikit-learn: pip install scikit-learn") from None

epochs = 40

# One source for all that is random makes every run the same.
rng = random.PCG(1, 2)

# 1,797 pictures of 8 x 8 pixels, from 0 to 16, and what they show. A fifth is put aside for a test.
digits = load_digits()
x = (digits.data / 16).astype("float32")
x_train, x_test, t_train, t_test = data.train_test_split(x, digits.target, test_size=0.2, rng=rng)
loader = data.DataLoader(x_train, t_train, batch_size=64, shuffle=True, rng=rng)

# 64 pixels to 256 values, twice, to 10 scores, one a digit. Dropout hinders learning by heart.
model = L.Sequential(
    L.Linear(256, rng=rng),
    F.relu,
    L.Dropout(0.3, rng=rng),
    L.Linear(256, rng=rng),
    F.relu,
    L.Dropout(0.3, rng=rng),
    L.Linear(10, rng=rng),
).astype("float32")

# Large steps at first, and smaller ones towards the end.
optimizer = optimizers.Adam(lr=schedules.Cosine(0.003, steps=epochs * len(loader)))


def evaluate(x, t):
    """The loss, and the part of the pictures that are read right, without dropout."""
    with ag.no_grad(), ag.test_mode():
        y = model(x)
        return F.cross_entropy(y, t).item(), F.accuracy(y, t).item()


for epoch in range(1, epochs + 1):
    for x, t in loader:
        loss = F.cross_entropy(model(x), t)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)

    if epoch % 5 == 0:
        loss, accuracy = evaluate(x_test, t_test)
        print(f"epoch {epoch:2}: test loss {loss:.4f}, accuracy {accuracy:.2%}")
