"""The commands behind ``python -m autograd``, one file each; `COMMANDS` lists them."""

from autograd._cli.descent import DESCENT
from autograd._cli.dot import DOT
from autograd._cli.lstm import LSTM
from autograd._cli.newton import NEWTON

COMMANDS = (DESCENT, NEWTON, LSTM, DOT)
