"""How a disease goes on: regression with scikit-learn's diabetes data, and when to stop.

A baseline tells what a model is worth. With so few patients, and relations that are nearly
straight, a network that is stopped in time does about as well as least squares, and no better.
"""

import numpy as np

import autograd as ag
from autograd import data, hooks, models, optimizers, random
from autograd import functions as F

try:
    from sklearn.datasets import load_diabetes
except ModuleNotFoundError:
    raise SystemExit("this example needs scikit-learn: pip install scikit-learn") from None

# How long it learns at most, and how long it goes on without becoming better.
epochs, patience = 300, 30

# One source for all that is random makes every run the same.
rng = random.PCG(1, 2)

# Ten measurements of 442 patients, and how far their diabetes went within a year.
patients = load_diabetes()
x, t = patients.data, patients.target[:, None]

# Three parts: to learn from, to tell when to stop, and to judge the result by.
x, x_test, t, t_test = data.train_test_split(x, t, test_size=0.25, rng=rng)
x, x_stop, t, t_stop = data.train_test_split(x, t, test_size=0.25, rng=rng)

# Everything is measured in standard deviations from the mean of what is learnt from.
x_scale, t_scale = data.Standardizer(x), data.Standardizer(t)
loader = data.DataLoader(x_scale(x), t_scale(t), batch_size=32, shuffle=True, rng=rng)

model = models.MLP([8, 1], activation=F.tanh, rng=rng)
optimizer = optimizers.Adam(lr=0.003, hooks=[hooks.WeightDecay(0.03)])


def predict(x):
    with ag.no_grad(), ag.test_mode():
        return t_scale.inverse(model(x_scale(x)))


def r2(y, t):
    """The part of the variance that is explained: 1 is perfect, 0 no better than the mean."""
    return 1 - ((t - y) ** 2).sum() / ((t - t.mean()) ** 2).sum()


best, best_epoch, best_state = float("-inf"), 0, None
for epoch in range(1, epochs + 1):
    for x_batch, t_batch in loader:
        loss = F.mean_squared_error(model(x_batch), t_batch)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)

    score = r2(predict(x_stop), t_stop)
    if score > best:
        best, best_epoch, best_state = score, epoch, model.state_dict()
    elif epoch - best_epoch >= patience:
        break

# Back to the epoch that did best on what was not learnt from.
model.load_state_dict(best_state)
print(f"stopped after {epoch} epochs, best was {best_epoch}")


def with_one(x):
    return np.hstack([x, np.ones((len(x), 1))])


# To compare with: the same guess for everybody, and the best linear one, by least squares.
w = np.linalg.lstsq(with_one(x), t)[0]
print(f"R² of the mean:       {r2(t.mean(), t_test):.3f}")
print(f"R² of least squares:  {r2(with_one(x_test) @ w, t_test):.3f}")
print(f"R² of the model:      {r2(predict(x_test), t_test):.3f}")
