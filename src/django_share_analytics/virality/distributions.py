"""Quantiles and bounds of a few distributions, for those who have no scipy."""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from math import exp, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

CERTAINTY = 0.95
"""Of every interval."""
TAIL = (1 - CERTAINTY) / 2
"""What lies beyond each end of it."""
NORMAL_QUANTILE = NormalDist().inv_cdf(1 - TAIL)
ENOUGH_DEGREES = 10
"""For a series in their powers to be right to a millionth."""
_EPSILON, _TINY = 1e-13, 1e-300


def t_tail(t: float, degrees: float) -> float:
    """The probability that Student's t is ``t`` or more (``t`` >= 0, any ``degrees`` > 0)."""
    if t < 1:  # near to the middle the fraction converges for the other side
        return 0.5 - _beta_part(t * t / (degrees + t * t), 0.5, degrees / 2) / 2
    return _beta_part(degrees / (degrees + t * t), degrees / 2, 0.5) / 2


def normal_p_value(difference: float, error: float) -> float:
    """Of a difference from nothing with this standard error (> 0), two-sided."""
    return 2 * NormalDist().cdf(-abs(difference) / error)


@lru_cache(maxsize=1024)
def t_quantile(degrees: float, tail: float = TAIL) -> float:
    """Where Student's t has ``tail`` beyond it; ``degrees`` >= 1 need not be whole.

    By its Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5). With few degrees that ends left
    of it, from where Newton's method comes to it without leaping over, as the tail is convex.
    """
    t = _expansion(NormalDist().inv_cdf(1 - tail), degrees)
    for _ in range(50 if degrees < ENOUGH_DEGREES else 0):
        step = (t_tail(t, degrees) - tail) / _t_density(t, degrees)
        t += step
        if abs(step) < 1e-6 * t:  # the next one would be its square
            break
    return t


def _expansion(z: float, degrees: float) -> float:
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return sum(term / degrees**power for power, term in enumerate(terms))


def _t_density(t: float, degrees: float) -> float:
    scale = lgamma((degrees + 1) / 2) - lgamma(degrees / 2) - log(pi * degrees) / 2
    return exp(scale - (degrees + 1) / 2 * log1p(t * t / degrees))


def _beta_part(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), ``x`` < 1.

    By its continued fraction (Abramowitz and Stegun 26.5.8) in Lentz's way.
    """
    if x <= 0:
        return 0.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * _fraction(1 - x, b, a) / b
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _apart(1 - (a + b) * x / (a + 1))
    value = d
    for m in count(1):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _apart(1 + numerator * d)
            c = _apart(1 + numerator / c)
            value *= c * d
        if abs(c * d - 1) < _EPSILON or m > 500:
            break
    return value


def _apart(number: float) -> float:
    """Not zero."""
    return number if abs(number) > _TINY else _TINY


@lru_cache(maxsize=64)
def poisson_upper(events: int, tail: float = TAIL) -> float:
    """The mean of which so few events are seen with the probability ``tail`` only.

    The exact (Garwood) bound; for a few hundred events at most.
    """
    low, high = float(events), events + 10 * sqrt(events + 1) + 10
    while high - low > 1e-10 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if _poisson_up_to(events, middle) > tail else (low, middle)
    return high


def _poisson_up_to(events: int, mean: float) -> float:
    term = total = exp(-mean)
    for number in range(1, events + 1):
        term *= mean / number
        total += term
    return total


def wilson(events: float, of: float) -> tuple[float, float]:
    """Wilson's (1927) interval of a proportion, were the ``of`` tries independent."""
    z = NORMAL_QUANTILE
    middle = (events + z * z / 2) / (of + z * z)
    half = z * sqrt(events * (of - events) / of + z * z / 4) / (of + z * z)
    return max(middle - half, 0.0), min(middle + half, 1.0)
