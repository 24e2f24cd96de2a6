"""Record: the measures of every firm, written down."""

from typing import Any

from cxsim.engine.fast.compile import kernel
from cxsim.model.state import MEASURE_WORDS


@kernel
def record(world: Any, month: int) -> None:
    """Write down the measures of every firm: the first words of its record."""
    for f in range(world.firm_words.shape[0]):
        for word in range(MEASURE_WORDS):
            world.history[month, f, word] = world.firm_words[f, word]
