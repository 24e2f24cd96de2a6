"""Arithmetic that gives the same bits everywhere: interpreted or compiled, with any processor and C library.

Rules may use ``+ - * /``, ``//``, comparisons, ``int`` of a number >= 0, ``abs``, ``min``, ``max`` and the functions of this
module; ``**``, ``math`` and NumPy functions round differently from place to place; a test of this module holds that.
``frexp``, ``ldexp`` and ``sqrt`` are exact or correctly rounded by definition, so they are safe here.
"""

from math import frexp, ldexp, sqrt

LN2 = 0.6931471805599453
LN2_HIGH = 0.693147180369123816490  # 33 leading bits: k * LN2_HIGH is exact for |k| < 2**20
LN2_LOW = 1.90821492927058770002e-10
SQRT_HALF = 0.7071067811865476
EXP_LIMIT = 700.0
TAIL = 0.02425  # share of a normal distribution in each of its tails, which have a formula of their own
# reciprocals of factorials
INV_3, INV_4, INV_5, INV_6, INV_7 = 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0, 1.0 / 5040.0
INV_8, INV_9, INV_10 = 1.0 / 40320.0, 1.0 / 362880.0, 1.0 / 3628800.0
INV_11, INV_12, INV_13 = 1.0 / 39916800.0, 1.0 / 479001600.0, 1.0 / 6227020800.0


def exp(x: float) -> float:
    """e to the power x, relative error below 1e-15; x is clamped to +-700."""
    x = min(max(x, -EXP_LIMIT), EXP_LIMIT)
    k = int(x / LN2 + 0.5) if x >= 0.0 else -int(0.5 - x / LN2)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    high = ((((INV_13 * r + INV_12) * r + INV_11) * r + INV_10) * r + INV_9) * r + INV_8
    middle = (((high * r + INV_7) * r + INV_6) * r + INV_5) * r + INV_4
    series = ((middle * r + INV_3) * r + 0.5) * r * r + r + 1.0
    return ldexp(series, k)


def log(x: float) -> float:
    """Natural logarithm of x > 0, relative error below 1e-15 away from 1, absolute error below 1e-16 near it."""
    m, k = frexp(x)
    if m < SQRT_HALF:
        m = 2.0 * m
        k = k - 1
    t = (m - 1.0) / (m + 1.0)
    t2 = t * t
    series = 0.0
    for n in range(21, 0, -2):
        series = series * t2 + 1.0 / n
    return k * LN2_HIGH + (2.0 * t * series + k * LN2_LOW)


def power(base: float, exponent: float) -> float:
    """``base`` > 0 to the power ``exponent``."""
    return exp(exponent * log(base))


def clamp(x: float, low: float, high: float) -> float:
    """Return x, or the bound that it passes."""
    return min(max(x, low), high)


def normal_quantile(u: float) -> float:
    """Value below which a standard normal falls with chance 0 < u < 1; relative error 1.2e-9 (rational form of P. Acklam)."""
    if u < TAIL:
        return _tail(sqrt(-2.0 * log(u)))
    if u > 1.0 - TAIL:
        return -_tail(sqrt(-2.0 * log(1.0 - u)))
    return central_quantile(u)


def central_quantile(u: float) -> float:
    """The value of ``normal_quantile`` for all u but those in the tails."""
    q = u - 0.5
    r = q * q
    top = (((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.3577518672690) * r
            - 30.66479806614716) * r + 2.506628277459239) * q  # fmt: skip
    bottom = ((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r
              - 13.28068155288572) * r + 1.0  # fmt: skip
    return top / bottom


def _tail(q: float) -> float:
    top = ((((-0.007784894002430293 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q
           + 4.374664141464968) * q + 2.938163982698783  # fmt: skip
    bottom = (((0.007784695709041462 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1.0
    return top / bottom
