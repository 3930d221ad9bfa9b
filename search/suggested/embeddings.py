"""The meaning of a text as a vector, by a small language model on this machine. Optional: EMBEDDINGS=1, off by default.

all-MiniLM-L6-v2, quantized: 384 numbers, of length 1, so that the product of two vectors is their cosine; near 1 where two
texts mean much the same, in whatever words. The model is one pinned file (`config.local_services.jars.MODEL`) that
`manage.py embed_standards` fetches at set-up; nothing is fetched at run time. The packages that run it are those of
requirements-embeddings.txt, and are only imported here. A process that has used it is 90 MB larger.
"""

import logging
import threading
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    Vector = NDArray[np.float32]

logger = logging.getLogger(__name__)

MODEL, TOKENIZER = "all-minilm-l6-v2-q.onnx", "all-minilm-l6-v2-q-tokenizer.json"
PACKAGES = ("onnxruntime", "tokenizers", "numpy")
MAX_TOKENS = 128  # about 100 words, as the model's own tokenizer has it; what is longer is cut off there
WITHOUT = "EMBEDDINGS is on, but standards are suggested by words alone."
_loading = threading.Lock()


class Model:
    """version: vectors of two versions cannot be compared."""

    def __init__(self, tokenizer: "Tokenizer", session: Any, version: str) -> None:
        self._tokenizer = tokenizer
        self._session = session
        self.version = version

    def embed(self, text: str) -> "Vector":
        """A text by itself: with others beside it, the quantized model would give it a slightly different vector."""
        import numpy as np

        tokens = np.array([self._tokenizer.encode(text).ids])
        inputs = {
            "input_ids": tokens,
            "attention_mask": np.ones_like(tokens),
            "token_type_ids": np.zeros_like(tokens),
        }
        mean = self._session.run(None, inputs)[0][0].mean(axis=0)
        vector: Vector = mean / np.linalg.norm(mean)
        return vector

    @staticmethod
    def pack(vector: "Vector") -> bytes:
        """In half precision, 768 bytes: the fourth decimal of a cosine tells nothing."""
        return vector.astype("float16").tobytes()

    @staticmethod
    def unpack(packed: bytes | memoryview) -> "Vector":
        import numpy as np

        return np.frombuffer(packed, dtype="float16").astype("float32")


def model() -> Model | None:
    """The model, loaded once a process. None where it is switched off or, said once in the log, not there."""
    if not settings.EMBEDDINGS:
        return None
    with _loading:
        return _load(settings.EMBEDDINGS_MODEL)


def missing() -> str:
    """What the model lacks here and what to do about it, in a sentence; empty if nothing."""
    if packages := [name for name in PACKAGES if find_spec(name) is None]:
        return f"There is no {' and no '.join(packages)} here: pip install --require-hashes -r requirements-embeddings.txt."
    if not zipfile.is_zipfile(settings.EMBEDDINGS_MODEL):
        return f"The model is not at {settings.EMBEDDINGS_MODEL}: run `manage.py embed_standards`, which fetches it."
    return ""


@cache
def _load(path: Path) -> Model | None:
    if reason := missing():
        logger.warning("%s %s", WITHOUT, reason)
        return None
    try:
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer
    except ImportError as error:  # there, and made for another system or processor
        logger.warning("%s A package of requirements-embeddings.txt does not run here: %s", WITHOUT, error)
        return None
    with zipfile.ZipFile(path) as jar:
        tokenizer = Tokenizer.from_str(jar.read(TOKENIZER).decode())
        options = SessionOptions()
        # Several threads of a web process ask at once; more threads for one text gain nothing.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = InferenceSession(jar.read(MODEL), options, providers=["CPUExecutionProvider"])
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return Model(tokenizer, session, f"{path.name} {MAX_TOKENS}")
