"""Layers: dense, embedding, recurrent; and what wraps other layers.  One idea a file."""

from rnncore.layers.base import Container, Layer, OutOfOrder
from rnncore.layers.bidirectional import Bidirectional
from rnncore.layers.dense import Dense
from rnncore.layers.embedding import Embedding
from rnncore.layers.gated import GRU, LSTM, GRUCell, LSTMCell
from rnncore.layers.recurrent import RNN
from rnncore.layers.sequential import Sequential
from rnncore.layers.simple import SimpleRNN, SimpleRNNCell
