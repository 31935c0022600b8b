"""What scipy and statsmodels lack for two versions measured on the same cases, each formula with its source.

Throughout, a difference is candidate minus baseline. Of `n` cases `lost` are right in the baseline only,
`won` in the candidate only; counts may be fractions (divided by a design effect).
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

Floats = NDArray[np.float64]

DRAWS: Final = 10_000
SEED: Final = 20_240_229
FEW: Final = 30
"""Clusters that tell, below which nothing is estimated from their spread (`make coverage`: with 10, one-sided
bounds cover in .86 where half of the clusters of ten move as one)."""
_CHUNK: Final = 1_000  # draws at a time: 1,000 x 700 cases of weights are 5.6 MB


class Interval(NamedTuple):
    """From `low` to `high`, both included."""

    low: float
    high: float


def tango_statistic(lost: float, won: float, n: float, delta: float) -> float:
    """Tango's score statistic of the hypothesis that the true difference is `delta`, -1 < delta < 1.

    Standard normal if it is, falling in `delta`, 0 at the observed difference.
    [Tango 1998, Statistics in Medicine 17:891, eq. 24-26: the share lost is its maximum-likelihood estimate
    under the hypothesis]
    """
    linear = (2 * n - won + lost) * delta - won - lost
    constant = -lost * delta * (1 - delta)
    share_lost = (math.sqrt(max(linear**2 - 8 * n * constant, 0.0)) - linear) / (4 * n)
    variance = n * (2 * share_lost + delta * (1 - delta))
    return (won - lost - n * delta) / math.sqrt(max(variance, 1e-300))


@cache
def tango_lower(lost: float, won: float, n: float, alpha: float) -> float:
    """One-sided lower bound, of confidence 1 - alpha, of the difference of paired shares; from -1 to 1.

    Without flips it is -z² / (n + z²), z the normal quantile of 1 - alpha. n > 0. [Tango 1998]
    """
    observed = (won - lost) / n
    z = float(norm.ppf(1 - alpha))
    if observed - -1 < 1e-9:
        return -1.0
    return float(brentq(lambda delta: tango_statistic(lost, won, n, delta) - z, -1 + 1e-12, observed))


def tango_upper(lost: float, won: float, n: float, alpha: float) -> float:
    """The one-sided upper bound: the lower bound with the two exchanged, with its sign changed."""
    return -tango_lower(won, lost, n, alpha)


def tango_interval(lost: float, won: float, n: float, confidence: float = 0.95) -> Interval:
    """The two-sided interval of the difference of paired shares. [Tango 1998]"""
    alpha = (1 - confidence) / 2
    return Interval(tango_lower(lost, won, n, alpha), tango_upper(lost, won, n, alpha))


def tango_p_worse(lost: float, won: float, n: float) -> float:
    """One-sided p of "not worse": below alpha exactly when `tango_upper` of that alpha is below 0."""
    return float(norm.cdf(tango_statistic(lost, won, n, 0.0))) if lost + won else 0.5


@cache
def midp_worse(nets: tuple[int, ...]) -> float:
    """One-sided mid-p of "not worse": P(S < s) + P(S = s) / 2, where s is the sum of the nets.

    `nets` are won minus lost of each cluster of cases; S is their sum with every sign flipped at random. With
    clusters of one case this is McNemar's mid-p test; larger ones flip as a whole. 0.5 without flips.
    [Fagerland, Lydersen & Laake 2013, BMC Medical Research Methodology 13:91; Fisher's sign-flip test]
    """
    chances = np.ones(1)
    for size in sorted(abs(net) for net in nets if net):
        flipped = np.zeros(len(chances) + size)
        flipped[: len(chances)] += chances / 2
        flipped[size:] += chances / 2
        chances = flipped
    positive = sum(net for net in nets if net > 0)
    return float(chances[:positive].sum() + chances[positive] / 2)


def midp(nets: tuple[int, ...]) -> float:
    """Two-sided mid-p of "no difference"; see `midp_worse`.

    It holds its level where the exact and the corrected test are too careful. [Fagerland 2013]
    """
    return min(1.0, 2 * min(midp_worse(nets), midp_worse(tuple(-net for net in nets))))


def clustered_se(differences: Floats, clusters: Sequence[str]) -> float:
    """Standard error of the mean difference when a cluster's cases move together; C - 1 degrees of freedom.

    sqrt(C / (C - 1) x sum over clusters of (sum of d - mean)²) / n; clusters of one give sd / sqrt(n).
    NaN for one cluster. [Miller 2024, arXiv 2411.00640, appendix A; with inspect_ai's small-sample factor]
    """
    codes, count = _codes(clusters)
    if count < 2:
        return math.nan
    sums = np.bincount(codes, differences - differences.mean(), count)
    return math.sqrt(count / (count - 1) * float(np.sum(sums**2))) / len(differences)


def design_effect(values: Floats, clusters: Sequence[str]) -> float:
    """How many clustered cases tell as much as one independent case: the ratio of variances, at least 1.

    Counts divided by it go into the formulas for independent cases. Where the values of fewer than `FEW`
    clusters differ from the commonest value, the ratio tells too little (of equal values, nothing): a
    cluster's cases then count as one, and it is sum of m² / sum of m over the clusters' sizes m.
    [Rao & Scott 1992, Biometrics 48:577; Kish 1965, Survey Sampling, 8.2: 1 + (m - 1) rho, with rho of 1]
    """
    codes, count = _codes(clusters)
    if count == len(values):
        return 1.0
    found, times = np.unique(values, return_counts=True)
    telling = np.unique(codes[values != found[times.argmax()]])
    if len(telling) < FEW:
        sizes = np.bincount(codes)
        return float(np.sum(sizes**2) / len(values))
    plain = clustered_se(values, [str(index) for index in range(len(values))])
    return max(1.0, (clustered_se(values, clusters) / plain) ** 2)


def mean_interval(differences: Floats, clusters: Sequence[str], confidence: float = 0.95) -> Interval | None:
    """The two-sided interval of the mean difference: Student's t, C - 1 degrees of freedom, `clustered_se`.

    Clusters are all that it looks at: strata narrow it by nothing that was seen in simulation. Equal scores
    give (0, 0); one cluster tells of no spread, so None. It covers where few cases change, in which the
    percentile bootstrap falls to 0.91: a t of k equal changes is at most sqrt(k). A loss that a few cases
    carry, all in one direction, no such interval sees whole (0.76 where 5 of 100 cases change, in pairs).
    [Miller 2024, arXiv 2411.00640, section 2.2 and appendix A; Cameron & Miller 2015, Journal of Human
    Resources 50:317, section VI: t of C - 1, not the normal]
    """
    se, count = clustered_se(differences, clusters), len(set(clusters))
    if count < 2:
        return None
    mean, reach = float(differences.mean()), float(student.ppf((1 + confidence) / 2, count - 1)) * se
    return Interval(mean - reach, mean + reach)


def bootstrap_medians(
    base: Floats,
    cand: Floats,
    clusters: Sequence[str],
    strata: Sequence[str],
    *,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Floats:
    """The difference of the two medians in each of `draws` resamples, shape (draws,).

    Scores of the same case stand at the same place. Whole clusters are drawn, with replacement, within their
    stratum (that of their first case; strata of one cluster are pooled). Equal seeds give equal draws.
    Of a stratum of C clusters C - 1 are drawn and weighed by C / (C - 1), since C would understate the spread
    of small strata. [McCarthy & Snowden 1985; Rao & Wu 1988, JASA 83:231; not the normal limit at such sizes:
    Bowyer et al. 2025, arXiv 2503.01747]
    """
    if np.array_equal(base, cand):
        return np.zeros(draws)
    codes, count = _codes(clusters)
    groups = _strata(codes, count, strata)
    random = np.random.default_rng(seed)
    found = []
    for start in range(0, draws, _CHUNK):
        weights = _resample(groups, count, min(_CHUNK, draws - start), random)[:, codes]
        found.append(_medians(cand, weights) - _medians(base, weights))
    return np.concatenate(found)


def percentile_interval(draws: Floats, confidence: float = 0.95) -> Interval:
    """The two-sided percentile interval of a bootstrap; the middle share `confidence` of the draws."""
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def bootstrap_p_worse(draws: Floats) -> float:
    """One-sided p of "not worse": the share of draws at or above 0, counting one draw more.

    [Davison & Hinkley 1997, ch. 4]
    """
    return float((np.count_nonzero(draws >= 0) + 1) / (len(draws) + 1))


def smallest_share_difference(n: float, discordance: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """The difference of paired shares that a one-sided test of `n` cases finds with this power; at most 1.

    Solves n = (z_alpha sqrt(psi) + z_power sqrt(psi - delta²))² / delta², psi being the share of cases that
    flip. [Connor 1987, Biometrics 43:207]
    """
    z_alpha, z_power = float(norm.ppf(1 - alpha)), float(norm.ppf(power))
    half = z_alpha * math.sqrt(n * discordance)
    rest = discordance * (n * z_power**2 - (z_alpha**2 - z_power**2) * z_power**2)
    return min(1.0, (half + math.sqrt(max(rest, 0.0))) / (n + z_power**2))


def smallest_difference(se: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """The difference that a one-sided test finds with this power, given the standard error. [Miller 2024]"""
    return float(norm.ppf(1 - alpha) + norm.ppf(power)) * se


def wilson(right: float, n: float, confidence: float = 0.95) -> Interval:
    """Wilson's interval of a share; (0, 1) if n is 0."""
    if n == 0:
        return Interval(0.0, 1.0)
    low, high = proportion_confint(right, n, alpha=1 - confidence, method="wilson")
    return Interval(max(0.0, float(low)), min(1.0, float(high)))


def corrected_share(
    p: float, n: float, q0: float, m0: float, q1: float, m1: float, confidence: float = 0.95
) -> tuple[float, Interval] | None:
    """The true share, and its interval, of what an imperfect judge finds in the share `p` of `n`.

    (p + q0 - 1) / (q0 + q1 - 1), where the judge is right about the share `q1` of `m1` that have it and `q0`
    of `m0` that have not. The interval carries the noise of all three: p smoothed by z²/2 of z², q by 1 of 2,
    then shifted by 2 z² (theta v1 - (1 - theta) v0) with v = q (1 - q) / m. None if the judge is no better
    than chance. [Rogan & Gladen 1978; Lee et al. 2025, arXiv 2511.21140, and its LLM-judge-reporting]
    """
    if q0 + q1 <= 1 or not (n and m0 and m1):
        return None
    z = float(norm.ppf((1 + confidence) / 2))
    value = (p + q0 - 1) / (q0 + q1 - 1)
    p, n = (n * p + z**2 / 2) / (n + z**2), n + z**2
    q0, m0, q1, m1 = (m0 * q0 + 1) / (m0 + 2), m0 + 2, (m1 * q1 + 1) / (m1 + 2), m1 + 2
    if q0 + q1 <= 1:
        return None
    v0, v1 = q0 * (1 - q0) / m0, q1 * (1 - q1) / m1
    theta = (p + q0 - 1) / (q0 + q1 - 1)
    middle = theta + 2 * z**2 * (theta * v1 - (1 - theta) * v0)
    half = z * math.sqrt(p * (1 - p) / n + (1 - theta) ** 2 * v0 + theta**2 * v1) / (q0 + q1 - 1)
    low, high, value = (min(1.0, max(0.0, each)) for each in (middle - half, middle + half, value))
    return value, Interval(low, high)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's adjusted p for each name: below alpha means significant with alpha held over all of them.

    [Holm 1979, Scandinavian Journal of Statistics 6:65] Not statsmodels' `multipletests`: it collects all
    garbage of the process in every call, 0.2 to 0.5 s of a web worker.
    """
    adjusted: dict[str, float] = {}
    largest = 0.0
    for rank, name in enumerate(sorted(p_values, key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[name]))
        adjusted[name] = largest
    return adjusted


def _codes(names: Sequence[str]) -> tuple[NDArray[np.intp], int]:
    unique, codes = np.unique(np.asarray(names), return_inverse=True)
    return codes, len(unique)


def _strata(codes: NDArray[np.intp], count: int, strata: Sequence[str]) -> list[NDArray[np.intp]]:
    """The clusters of each stratum; those alone in theirs together."""
    first = np.unique(codes, return_index=True)[1]
    of_cluster, groups = _codes([strata[index] for index in first])
    members = [np.flatnonzero(of_cluster == group) for group in range(groups)]
    alone = [group for group in members if len(group) == 1]
    return [group for group in members if len(group) > 1] + ([np.concatenate(alone)] if alone else [])


def _resample(groups: list[NDArray[np.intp]], count: int, draws: int, random: np.random.Generator) -> Floats:
    """How much each cluster weighs, shape (draws, count); the weights of a draw sum to `count`."""
    times = np.zeros((draws, count))
    for group in groups:
        size = len(group)
        drawn = max(size - 1, 1)
        picked = random.integers(0, size, (draws, drawn)) + size * np.arange(draws)[:, None]
        counts = np.bincount(picked.ravel(), minlength=draws * size).reshape(draws, size)
        times[:, group] = counts * (size / drawn)
    return times


def _medians(values: Floats, weights: Floats) -> Floats:
    """The weighted median of the values for every row of weights; between two if they halve the weight."""
    order = np.argsort(values)
    share = weights[:, order].cumsum(axis=1)
    half = share[:, -1:] / 2
    ranked = values[order]
    lower, upper = (share >= half - 1e-9).argmax(axis=1), (share > half + 1e-9).argmax(axis=1)
    return np.asarray((ranked[lower] + ranked[upper]) / 2)
