"""The reference engine: plain Mesa agents, made to be read. Start at ``model.py: ReferenceModel.step``.

It applies the rules of ``cxsim.model`` in the order of ``model/schedule.py`` and gives the same bits as the fast engine after
every phase (``cxsim parity``), some hundred times slower. A *rule* decides; the methods here say who asks which rule when.
"""

from cxsim.engine.reference.model import ReferenceModel

__all__ = ["ReferenceModel"]
