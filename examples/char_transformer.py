"""A transformer that learns to write, character by character.

It reads the first chapters of "Alice's Adventures in Wonderland", learns to guess the next
character from those before it, and then writes some lines of its own. That takes a minute or two;
``--short`` only shows that it works.
"""

import argparse
from pathlib import Path

import numpy as np

import autograd as ag
from autograd import data, hooks, optimizers, random
from autograd import functions as F
from autograd import layers as L
from autograd.optimizers import schedules

parser = argparse.ArgumentParser(description="A transformer that learns to write.")
parser.add_argument("--short", action="store_true", help="a tiny model, and a few steps only")
args = parser.parse_args()

# How many characters the model sees, how large it is, and how long it learns.
context, size, heads, blocks = (16, 16, 2, 1) if args.short else (64, 64, 4, 2)
batch_size, steps, report = (16, 40, 10) if args.short else (32, 1000, 100)
rng = random.PCG(1, 2)


class Block(L.Layer):
    """Every position looks at those before it, and then works on what it has seen."""

    def __init__(self, size, heads, dropout):
        self.norm1 = L.LayerNorm(size)
        self.attention = L.MultiHeadAttention(size, heads, dropout, rng=rng)
        self.norm2 = L.LayerNorm(size)
        self.mlp = L.Sequential(
            L.Linear(4 * size, size, rng=rng), F.gelu, L.Linear(size, 4 * size, rng=rng)
        )
        self.dropout = L.Dropout(dropout, rng=rng)

    def forward(self, x):
        # Both parts only add to what is there, which keeps deep models easy to train.
        x = x + self.dropout(self.attention(self.norm1(x), is_causal=True))
        return x + self.dropout(self.mlp(self.norm2(x)))


class Transformer(L.Layer):
    """Tokens of shape (batch, time) to scores of the token that follows each: (..., tokens)."""

    def __init__(self, tokens, context, size, heads, blocks, dropout):
        self.token = L.Embedding(tokens, size, rng=rng)
        self.position = L.Embedding(context, size, rng=rng)
        self.block = [Block(size, heads, dropout) for _ in range(blocks)]
        self.norm = L.LayerNorm(size)
        self.linear = L.Linear(tokens, size, rng=rng)

    def forward(self, tokens):
        x = self.token(tokens) + self.position(np.arange(tokens.shape[1]))
        for block in self.block:
            x = block(x)
        return self.linear(self.norm(x))


def loss_of(model, x, t):
    y = model(x)
    return F.cross_entropy(y.reshape(t.size, -1), t.reshape(-1))


@ag.no_grad()
@ag.test_mode()
def write(model, text, length):
    """Go on with a text: draw one character after the other, the likely ones more often."""
    for _ in range(length):
        seen = np.array([[number[c] for c in text[-context:]]])
        p = F.softmax(model(seen)[0, -1] / 0.7).data  # below 1: fewer odd ones
        drawn = np.searchsorted(np.cumsum(p), rng.uniform() * p.sum(), side="right")
        text += characters[min(drawn, len(characters) - 1)]
    return text


# The text as numbers. The end is put aside, to see how the model does on what it has not read.
text = Path(__file__).with_name("data").joinpath("alice.txt").read_text("ascii")
characters = sorted(set(text))
number = {c: i for i, c in enumerate(characters)}
tokens = np.array([number[c] for c in text])
split = len(tokens) * 9 // 10

# All stretches of `context` characters, and what follows each character; none is copied.
windows = np.lib.stride_tricks.sliding_window_view(tokens[:split], context + 1)
loader = data.DataLoader(
    windows[:, :-1], windows[:, 1:], batch_size=batch_size, shuffle=True, rng=rng
)
held_out = np.lib.stride_tricks.sliding_window_view(tokens[split:], context + 1)[::context]

model = Transformer(len(characters), context, size, heads, blocks, dropout=0.1).astype("float32")
warm_up = steps // 10
optimizer = optimizers.AdamW(
    lr=schedules.WarmUp(warm_up, then=schedules.Cosine(0.01, steps - warm_up)),
    weight_decay=0.1,
    hooks=[hooks.ClipGrad(1.0)],
    groups=[optimizers.Group("*.b", weight_decay=0.0)],
)

losses = []
while optimizer.steps < steps:
    for x, t in loader:
        loss = loss_of(model, x, t)
        model.cleargrads()
        loss.backward()
        optimizer.update(model)
        losses.append(loss.item())

        if optimizer.steps % report == 0:
            with ag.no_grad(), ag.test_mode():
                unseen = loss_of(model, held_out[:, :-1], held_out[:, 1:]).item()
            print(
                f"step {optimizer.steps}: loss {np.mean(losses[-report:]):.3f}, unseen {unseen:.3f}"
            )
        if optimizer.steps == steps:
            break

print()
print(write(model, "Alice ", 60 if args.short else 600))
