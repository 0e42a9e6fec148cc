"""All that training needs, to be imported from one place: the loop, losses and optimisers."""

from rnncore.evaluation import evaluate, predict
from rnncore.fitting import fit
from rnncore.losses import (
    accuracy,
    binary_accuracy,
    binary_accuracy_with_logits,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    categorical_cross_entropy,
    categorical_cross_entropy_with_logits,
    mean_squared_error,
)
from rnncore.optimisers import SGD, Adam, clip_by_norm, clip_by_value, clip_each_by_norm
