"""The border to numba: one decorator with every flag, compiled twins of the word operations, a cache that cannot go stale.

Rules in ``cxsim.model`` are plain functions. Importing this module teaches numba to compile calls to them
(``register_jitable``), so that the model itself never imports numba and the reference engine runs without it.
"""

import contextlib
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import TypeAlias, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.base import BaseContext as Context
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher
from numba.core.typing.context import BaseContext as TypingContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic, overload, register_jitable

from cxsim.engine.fast.cache import code_folder
from cxsim.model import (
    arithmetic,
    chance,
    churn,
    demand,
    demand_shock,
    features,
    finance,
    firm_month,
    loyalty,
    product,
    sales,
    service,
    service_rules,
    strategy,
)
from cxsim.model.state import FIRM_FIELDS, FLOWS, clear_flows

RULE_MODULES = (
    arithmetic, chance, features, demand, product, sales, service, loyalty, finance, strategy, service_rules, demand_shock,
    churn, firm_month.accounts, firm_month.figures, firm_month.plan, firm_month.build, firm_month.sell,
    firm_month.serve,    firm_month.experience, firm_month.choice, firm_month.settle, firm_month.founding,
)  # fmt: skip
TWINS = {
    features.no_features,
    features.bit,
    features.has,
    features.count,
    features.lowest,
    chance.mix,
    chance.split,
    chance.draw,
    chance.skip,
    arithmetic.exp,
    arithmetic.log,
}
NEVER_COMPILED = {chance.draws, demand.popularity_table, demand._zipf_shares, demand._ranked}

F = TypeVar("F", bound=Callable[..., object])
Generated: TypeAlias = tuple[Signature, Callable[..., ir.Value]]  # what an intrinsic is: its types, and who writes its code
Twin: TypeAlias = Callable[..., object]  # what is compiled in place of a function


def is_compiling() -> bool:
    """Tell whether kernels are compiled at all: not with ``NUMBA_DISABLE_JIT=1``."""
    return not numba.config.DISABLE_JIT


def compile_for(function: Dispatcher, *arguments: object) -> None:
    """Compile a kernel for the types of these arguments, without calling it."""
    function.compile(tuple(numba.typeof(argument) for argument in arguments))


def kernel(function: F) -> F:
    """Compile a function of its own: kept on disk by the digest of all sources, without the GIL, no fast-math."""
    if not is_compiling():
        return function
    compiled = numba.njit(nogil=True, error_model="numpy", fastmath=False, _nrt=False)(function)
    if folder := code_folder():
        before = numba.config.CACHE_DIR
        numba.config.CACHE_DIR = str(folder)  # numba reads it while it makes a cache
        try:
            compiled._cache = _PatientCache(function)
        except (OSError, RuntimeError):  # nothing can be written there any more
            pass
        finally:
            numba.config.CACHE_DIR = before
    kept: F = compiled
    return kept


class _PatientCache(FunctionCache):  # type: ignore[misc]
    """A cache without which a run does as well: what cannot be read is compiled again, what cannot be kept is not kept."""

    def load_overload(self, signature: object, context: object) -> object:
        """Load compiled code; None when it is not there, or damaged."""
        try:
            return super().load_overload(signature, context)
        except Exception:
            return None

    def save_overload(self, signature: object, code: object) -> None:
        """Keep compiled code, if there is room."""
        with contextlib.suppress(OSError):
            super().save_overload(signature, code)


def inlined(function: F) -> F:
    """Compile a function into whichever kernel calls it; it stays a plain function for everyone else."""
    register_jitable(error_model="numpy", forceinline=True)(function)
    return function


def _register_rules() -> None:
    for module in RULE_MODULES:
        for function in vars(module).values():
            mine = inspect.isfunction(function) and function.__module__ == module.__name__
            if mine and function not in TWINS | NEVER_COMPILED:
                register_jitable(error_model="numpy", forceinline=True)(function)


@intrinsic  # type: ignore[misc]
def _population_count(typing_context: TypingContext, word: types.Integer) -> Generated:
    def generate(context: Context, builder: ir.IRBuilder, signature: Signature, arguments: list[ir.Value]) -> ir.Value:
        (value,) = arguments
        return builder.ctpop(value)

    return types.int64(types.uint64), generate


@intrinsic  # type: ignore[misc]
def _trailing_zeros(typing_context: TypingContext, word: types.Integer) -> Generated:
    def generate(context: Context, builder: ir.IRBuilder, signature: Signature, arguments: list[ir.Value]) -> ir.Value:
        (value,) = arguments
        return builder.cttz(value, ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate


@intrinsic  # type: ignore[misc]
def _bits_of(typing_context: TypingContext, number: types.Float) -> Generated:
    def generate(context: Context, builder: ir.IRBuilder, signature: Signature, arguments: list[ir.Value]) -> ir.Value:
        (value,) = arguments
        return builder.bitcast(value, ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic  # type: ignore[misc]
def _number_of(typing_context: TypingContext, word: types.Integer) -> Generated:
    def generate(context: Context, builder: ir.IRBuilder, signature: Signature, arguments: list[ir.Value]) -> ir.Value:
        (value,) = arguments
        return builder.bitcast(value, ir.DoubleType())

    return types.float64(types.int64), generate


EXPONENT, BIAS, HALF = 52, 1023, 0x3FE0000000000000  # place and zero of the exponent in a float64; the bits of 0.5
FRACTION, LEAST_NORMAL, TWO_TO_54 = 0x000FFFFFFFFFFFFF, 2.0**-1022, 2.0**54


@register_jitable
def _ldexp(x: float, k: int) -> float:
    """``math.ldexp`` where 2**k and the result are normal numbers, as they are in ``exp``: then the product is exact."""
    return x * _number_of((k + BIAS) << EXPONENT)


@register_jitable
def _frexp(x: float) -> tuple[float, int]:
    """``math.frexp`` for finite x > 0."""
    shift = 0
    if x < LEAST_NORMAL:
        x, shift = x * TWO_TO_54, 54
    bits = _bits_of(x)
    return _number_of((bits & FRACTION) | HALF), (bits >> EXPONENT) - (BIAS - 1) - shift


def _without_library(function: Twin) -> Twin:
    """Return the same code with the two functions above in place of the C library's, whose calls would cost more than it."""
    assert isinstance(function, FunctionType)
    own = function.__globals__ | {"ldexp": _ldexp, "frexp": _frexp}
    return register_jitable(error_model="numpy", forceinline=True)(FunctionType(function.__code__, own, function.__name__))


_exp, _log = _without_library(arithmetic.exp), _without_library(arithmetic.log)


@overload(arithmetic.exp, strict=False)
def _compiled_exp(x: types.Float) -> Twin:
    return lambda x: _exp(x)


@overload(arithmetic.log, strict=False)
def _compiled_log(x: types.Float) -> Twin:
    return lambda x: _log(x)


U64 = np.uint64
ONE = U64(1)
GOLDEN, FACTOR_1, FACTOR_2 = U64(chance.GOLDEN), U64(0xBF58476D1CE4E5B9), U64(0x94D049BB133111EB)
SHIFT_30, SHIFT_27, SHIFT_31, SHIFT_11 = U64(30), U64(27), U64(31), U64(11)
TO_UNIT = chance.TO_UNIT


def _mix_word(word: np.uint64) -> np.uint64:
    word = U64(word)
    word = (word ^ (word >> SHIFT_30)) * FACTOR_1
    word = (word ^ (word >> SHIFT_27)) * FACTOR_2
    return word ^ (word >> SHIFT_31)


_mix = register_jitable(inline="always")(_mix_word)


@overload(chance.mix, strict=False)
def _compiled_mix(word: types.Integer) -> Twin:
    return lambda word: _mix(word)


@overload(chance.split, strict=False)
def _compiled_split(key: types.Integer, entity: types.Integer) -> Twin:
    return lambda key, entity: _mix(U64(key) + U64(entity) * GOLDEN)


@overload(chance.draw, strict=False)
def _compiled_draw(key: types.Integer, entity: types.Integer) -> Twin:
    return lambda key, entity: np.float64(_mix(U64(key) + U64(entity) * GOLDEN) >> SHIFT_11) * TO_UNIT


@overload(chance.skip, strict=False)
def _compiled_skip(key: types.Integer, entities: types.Integer) -> Twin:
    return lambda key, entities: U64(key) + U64(entities) * GOLDEN


@overload(features.no_features, strict=False)
def _compiled_no_features() -> Twin:
    return lambda: U64(0)


@overload(features.bit, strict=False)
def _compiled_bit(feature: types.Integer) -> Twin:
    return lambda feature: ONE << U64(feature)


@overload(features.has, strict=False)
def _compiled_has(features: types.Integer, feature: types.Integer) -> Twin:
    return lambda features, feature: ((U64(features) >> U64(feature)) & ONE) == ONE


@overload(features.count, strict=False)
def _compiled_count(features: types.Integer) -> Twin:
    return lambda features: _population_count(U64(features))


@overload(features.lowest, strict=False)
def _compiled_lowest(features: types.Integer) -> Twin:
    return lambda features: _trailing_zeros(U64(features))


@overload(clear_flows, strict=False)
def _compiled_clear_flows(firm: types.Record) -> Twin:
    lines = [f"    firm.{name} = {0.0 if FIRM_FIELDS[name].dtype == 'f8' else 0}" for name in FLOWS]
    made: dict[str, Twin] = {}
    exec("\n".join(["def clear(firm):", *lines]), made)  # compiled code cannot set a field by a name that varies
    return made["clear"]


_register_rules()
