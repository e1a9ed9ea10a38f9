"""word2vec in NumPy, every formula of it derived and proved in the book it comes with."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from w2v.cbow import cbow_loss_and_grad as cbow_loss_and_grad
    from w2v.entropy import cross_entropy as cross_entropy
    from w2v.hierarchical_softmax import (
        hierarchical_softmax_loss_and_grad as hierarchical_softmax_loss_and_grad,
    )
    from w2v.keyedvectors import KeyedVectors as KeyedVectors
    from w2v.logistic import log_sigmoid as log_sigmoid
    from w2v.logistic import sigmoid as sigmoid
    from w2v.logits import log_softmax as log_softmax
    from w2v.logits import softmax as softmax
    from w2v.naive_softmax import (
        naive_softmax_loss_and_grad as naive_softmax_loss_and_grad,
    )
    from w2v.negative_sampling import (
        negative_sampling_loss_and_grad as negative_sampling_loss_and_grad,
    )
    from w2v.skipgram import skipgram_loss_and_grad as skipgram_loss_and_grad
    from w2v.word2vec import Word2Vec as Word2Vec

__version__ = "0.1.0"

_MODULE_OF = {
    "sigmoid": "logistic",
    "log_sigmoid": "logistic",
    "softmax": "logits",
    "log_softmax": "logits",
    "cross_entropy": "entropy",
    "naive_softmax_loss_and_grad": "naive_softmax",
    "negative_sampling_loss_and_grad": "negative_sampling",
    "skipgram_loss_and_grad": "skipgram",
    "cbow_loss_and_grad": "cbow",
    "hierarchical_softmax_loss_and_grad": "hierarchical_softmax",
    "KeyedVectors": "keyedvectors",
    "Word2Vec": "word2vec",
}
_MODULES = frozenset(_MODULE_OF.values()) | {
    "notation",
    "normal_form",
    "refutation",
    "code_checks",
    "proof",
    "claims",
    "text",
    "sampling",
    "sgd",
    "objectives",
    "vectorfiles",
    "questions",
    "engine",
    "compiled",
    "factorization",
    "scale",
    "counts",
    "sources",
}


def __getattr__(name: str) -> Any:
    """Import a module of w2v, or the module that defines `name`, on first use."""
    if name in _MODULE_OF:
        return getattr(import_module(f"w2v.{_MODULE_OF[name]}"), name)
    if name in _MODULES:
        return import_module(f"w2v.{name}")
    raise AttributeError(f"module 'w2v' has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, those that are not imported yet as well."""
    return sorted({"__version__", *_MODULE_OF, *_MODULES})
