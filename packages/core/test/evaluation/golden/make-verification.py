"""Writes verification.json: error rates and intervals by scikit-learn, SciPy and mpmath, from generated scores.

Run once: python3 make-verification.py
"""

import json
import os

import mpmath
import numpy
import scipy
import scipy.stats
import sklearn
from sklearn.metrics import det_curve, roc_auc_score, roc_curve

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = 20000


def make_scores(genuine, impostor, decimals, seed):
    rng = numpy.random.default_rng(seed)
    return (
        numpy.round(rng.normal(0.6, 0.15, genuine), decimals),
        numpy.round(rng.normal(0.2, 0.2, impostor), decimals),
    )


def curves():
    for name, decimals, seed in [("continuous", 6, 1), ("many ties", 1, 2)]:
        genuine, impostor = make_scores(40, 60, decimals, seed)
        labels = numpy.r_[numpy.ones(40), numpy.zeros(60)]
        scores = numpy.r_[genuine, impostor]
        fpr, tpr, thresholds = roc_curve(labels, scores, drop_intermediate=False)
        det_fpr, det_fnr, det_thresholds = det_curve(labels, scores)
        yield {
            "name": name,
            "genuine": genuine.tolist(),
            "impostor": impostor.tolist(),
            # The first threshold of roc_curve is made up: the largest score plus one.
            "roc": {"fpr": fpr[1:].tolist(), "tpr": tpr[1:].tolist(), "thresholds": thresholds[1:].tolist()},
            "det": {"fpr": det_fpr.tolist(), "fnr": det_fnr.tolist(), "thresholds": det_thresholds.tolist()},
            "auc": roc_auc_score(labels, scores),
            "decidability": abs(genuine.mean() - impostor.mean()) / numpy.sqrt((genuine.var() + impostor.var()) / 2),
        }


def scipy_intervals():
    for successes, trials, confidence in [(1, 10, 0.95), (5, 10, 0.95), (9, 10, 0.95), (3, 300, 0.99), (2990, 3000, 0.95), (700, 3000, 0.5)]:
        alpha = (1 - confidence) / 2
        yield {
            "successes": successes,
            "trials": trials,
            "confidence": confidence,
            "lower": scipy.stats.beta.ppf(alpha, successes, trials - successes + 1),
            "upper": scipy.stats.beta.ppf(1 - alpha, successes + 1, trials - successes),
        }


def tail(count, trials, p):
    """Probability of at least `count` successes, summed in high precision."""
    q = 1 - p
    n, k = mpmath.mpf(trials), mpmath.mpf(count)
    log_term = mpmath.loggamma(n + 1) - mpmath.loggamma(k + 1) - mpmath.loggamma(n - k + 1) + k * mpmath.log(p) + (n - k) * mpmath.log(q)
    odds, term, total = p / q, mpmath.mpf(1), mpmath.mpf(1)
    for i in range(count, trials):
        term *= (trials - i) * odds / (i + 1)
        total += term
        if term < total * mpmath.mpf(10) ** -30:
            break
    return mpmath.exp(log_term) * total


def share_of_tail(count, trials, guess):
    """The share under which `count` or more successes have a probability of 0.025."""
    goal = mpmath.log(mpmath.mpf("0.025"))
    logit = mpmath.findroot(
        lambda x: mpmath.log(tail(count, trials, 1 / (1 + mpmath.exp(-x)))) - goal,
        (mpmath.log(guess / (1 - guess)), mpmath.log(guess / (1 - guess)) + mpmath.mpf("1e-6")),
        solver="secant",
        tol=mpmath.mpf(10) ** -40,
    )
    return 1 / (1 + mpmath.exp(-logit))


def high_precision_intervals():
    mpmath.mp.dps = 50
    for successes, trials in [(5, 10**9), (300, 30 * 10**6), (10**8, 10**9), (5 * 10**8, 10**9), (10**9 - 10, 10**9)]:
        lower = mpmath.mpf(float(scipy.stats.beta.ppf(0.025, successes, trials - successes + 1)))
        upper = mpmath.mpf(float(scipy.stats.beta.ppf(0.975, successes + 1, trials - successes)))
        yield {
            "successes": successes,
            "trials": trials,
            "lower": float(share_of_tail(successes, trials, lower)),
            "upper": float(1 - share_of_tail(trials - successes, trials, 1 - upper)),
        }


def make_pairs():
    """Comparisons in which each person has an ease of its own, so that those that share a person are alike."""
    rng = numpy.random.default_rng(3)
    people = 80
    ease = rng.normal(0, 0.1, people)
    first = numpy.r_[rng.integers(0, people, 400), rng.integers(0, people, 600)]
    second = numpy.r_[first[:400], (first[400:] + rng.integers(1, people, 600)) % people]
    genuine = numpy.r_[numpy.ones(400, int), numpy.zeros(600, int)]
    noise = rng.normal(0, 0.12, 1000)
    scores = numpy.where(genuine, 0.5 + ease[first], 0.2 + (ease[first] + ease[second]) / 2) + noise
    return people, first, second, numpy.round(scores, 4), genuine


def equal_error_rate(fpr, fnr):
    """Thresholds descend: where FNMR stops exceeding FMR, and the point before."""
    after = numpy.argmax(fnr <= fpr)
    if fnr[after] == fpr[after]:
        return fpr[after]
    sums = fpr + fnr
    return (sums[after] if sums[after] <= sums[after - 1] + 1e-12 else sums[after - 1]) / 2


def pair_bootstrap():
    people, first, second, scores, genuine = make_pairs()
    rng = numpy.random.default_rng(4)
    values = []
    for _ in range(ROUNDS):
        drawn = numpy.bincount(rng.integers(0, people, people), minlength=people)
        weights = numpy.where(first == second, drawn[first], drawn[first] * drawn[second])
        kept = weights > 0
        fpr, tpr, _ = roc_curve(genuine[kept], scores[kept], sample_weight=weights[kept], drop_intermediate=False)
        auc = numpy.trapz(tpr, fpr)
        values.append([auc, equal_error_rate(fpr, 1 - tpr), tpr[fpr <= 0.1].max()])
    low, high = numpy.percentile(values, [2.5, 97.5], axis=0)
    return {
        "identityCount": people,
        "first": first.tolist(),
        "second": second.tolist(),
        "scores": scores.tolist(),
        "isGenuine": genuine.tolist(),
        "rounds": ROUNDS,
        "auc": [low[0], high[0]],
        "eer": [low[1], high[1]],
        "tarAtFmr": {"1e-1": [low[2], high[2]]},
    }


def rate_bootstrap():
    scores = numpy.round(numpy.random.default_rng(5).normal(0.6, 0.15, 200), 4)
    thresholds = [0.45, 0.6]
    rng = numpy.random.default_rng(6)
    intervals = []
    for threshold in thresholds:
        result = scipy.stats.bootstrap(((scores >= threshold).astype(float),), numpy.mean, n_resamples=ROUNDS, method="percentile", random_state=rng)
        intervals.append([result.confidence_interval.low, result.confidence_interval.high])
    return {"scores": scores.tolist(), "thresholds": thresholds, "intervals": intervals}


def student():
    return [{"freedom": freedom, "quantile": scipy.stats.t.ppf(0.975, freedom)} for freedom in [1, 2, 3, 4, 9, 30, 99]]


golden = {
    "madeBy": {
        "script": "make-verification.py",
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "scikit-learn": sklearn.__version__,
        "mpmath": mpmath.__version__,
    },
    "curves": list(curves()),
    "clopperPearson": {"scipy": list(scipy_intervals()), "mpmath": list(high_precision_intervals())},
    "student": student(),
    "pairBootstrap": pair_bootstrap(),
    "rateBootstrap": rate_bootstrap(),
}
with open(os.path.join(HERE, "verification.json"), "w", encoding="utf-8") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
