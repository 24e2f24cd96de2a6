"""What a firm decides and does in a month, written once for both engines, one file for each subject.

A procedure asks rules of ``cxsim.model`` and writes what they answer into a firm: whatever has the fields of
``state.Firm``. How *customers* are gone through is each engine's own.
"""

from cxsim.model.firm_month import accounts, build, choice, experience, figures, founding, plan, sell, serve, settle

__all__ = ["accounts", "build", "choice", "experience", "figures", "founding", "plan", "sell", "serve", "settle"]
