"""Three spirals: a network that tells them apart.

With ``--plot spiral.png`` it draws what it has learnt.
"""

import argparse

import numpy as np

import autograd as ag
from autograd import data, hooks, models, optimizers, random
from autograd import functions as F

parser = argparse.ArgumentParser(description="A network that tells three spirals apart.")
parser.add_argument("--plot", metavar="FILE", help="where to draw the regions; needs matplotlib")
args = parser.parse_args()
if args.plot:
    try:
        import matplotlib
    except ModuleNotFoundError:
        raise SystemExit("--plot needs matplotlib: pip install matplotlib") from None
    matplotlib.use("Agg")  # pictures go to files, no window opens
epochs = 100

# 3 times 100 points to learn from, and as many again for a test.
rng = random.PCG(1, 2)
x_train, t_train = data.spirals(100, classes=3, rng=rng)
x_test, t_test = data.spirals(100, classes=3, rng=rng)
loader = data.DataLoader(x_train, t_train, batch_size=30, shuffle=True, rng=rng)

model = models.MLP([32, 32, 3], activation=F.tanh, rng=rng)
# Weight decay keeps the borders between the classes smooth.
optimizer = optimizers.Adam(lr=0.01, hooks=[hooks.WeightDecay(1e-3)])


def predict(x):
    """How likely each class is, for points of shape (n, 2)."""
    with ag.no_grad(), ag.test_mode():
        return F.softmax(model(x)).data


def plot(path):
    """Draw the points of the test, and how sure the model is of each place between them."""
    from matplotlib import pyplot as plt

    edge = 1.15
    side = np.linspace(-edge, edge, 300)
    grid = np.stack(np.meshgrid(side, side), axis=-1)
    p = predict(grid.reshape(-1, 2)).reshape(300, 300, 3)

    # Blue, orange and green; where two classes are as likely, a mixture.
    colours = np.array([[0.12, 0.47, 0.71], [1.0, 0.50, 0.05], [0.17, 0.63, 0.17]])
    figure, axes = plt.subplots(figsize=(6, 6), layout="constrained")
    axes.imshow(
        1 - 0.45 * (1 - p @ colours),
        origin="lower",
        extent=[-edge, edge] * 2,
        interpolation="bilinear",
    )
    for k, colour in enumerate(colours):
        lead = p[..., k] - np.delete(p, k, axis=-1).max(axis=-1)
        axes.contour(side, side, lead, levels=[0.0], colors="white", linewidths=1.5)
        points = x_test[t_test == k]
        axes.scatter(*points.T, color=colour, edgecolor="white", s=35, label=f"class {k}")
    axes.set(title="Three spirals", xlabel="x", ylabel="y", xlim=(-edge, edge), ylim=(-edge, edge))
    axes.legend(loc="upper right")
    figure.savefig(path, dpi=120)
    plt.close(figure)


for epoch in range(1, epochs + 1):
    total = 0.0
    for x, t in loader:
        loss = F.cross_entropy(model(x), t)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)
        total += loss.item() * len(t)

    if epoch % 20 == 0:
        accuracy = (predict(x_test).argmax(axis=1) == t_test).mean()
        print(f"epoch {epoch}: loss {total / len(x_train):.4f}, test accuracy {accuracy:.1%}")

if args.plot:
    plot(args.plot)
