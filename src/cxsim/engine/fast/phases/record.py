"""Record: the measures of every firm, written down."""

from cxsim.engine.fast.compile import kernel
from cxsim.engine.fast.simulation_state import SimulationState
from cxsim.model.state import MEASURE_WORDS


@kernel
def record(state: SimulationState, month: int) -> None:
    """Write down the measures of every firm: the first words of its record."""
    for f in range(state.firm_words.shape[0]):
        for word in range(MEASURE_WORDS):
            state.history[month, f, word] = state.firm_words[f, word]
