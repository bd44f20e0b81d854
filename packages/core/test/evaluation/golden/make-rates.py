"""Writes rates.json: average precision, precision and recall by scikit-learn, CMC and open-set rates by numpy. Run: python3 make-rates.py

Boxes are laid out so that every match is plain (a detection lies exactly on its face or far from all), for what is compared is the arithmetic
of the curve. scikit-learn does not know of faces that nobody found; recall is scaled by the share that was.
"""
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, precision_recall_curve

rng = np.random.default_rng(20240601)


def detection_case(images, faces_per_image, found_share, false_per_image, decimals):
    """Faces 20 px wide at distance 100; false detections in a row below."""
    pictures, labels, scores, truths = [], [], [], 0
    for _ in range(images):
        detections, boxes = [], []
        for f in range(int(rng.integers(0, faces_per_image + 1))):
            boxes.append([100 * f, 0, 20, 20])
            truths += 1
            if rng.random() < found_share:
                score = round(float(rng.beta(5, 2)), decimals)
                detections.append([100 * f, 0, 20, 20, score])
                labels.append(1)
                scores.append(score)
        for f in range(int(rng.integers(0, false_per_image + 1))):
            score = round(float(rng.beta(2, 4)), decimals)
            detections.append([100 * f, 500, 20, 20, score])
            labels.append(0)
            scores.append(score)
        order = rng.permutation(len(detections))
        pictures.append({"detections": [detections[i] for i in order], "truths": boxes})
    labels, scores = np.array(labels), np.array(scores)
    found = labels.sum() / truths
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    # scikit-learn: ascending thresholds and a last point (1, 0); here descending without it.
    precision, recall, thresholds = precision[:-1][::-1], recall[:-1][::-1] * found, thresholds[::-1]
    # Non-increasing in recall, from the right.
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    interpolated = float(np.sum(np.diff(np.concatenate([[0.0], recall])) * envelope))
    return {
        "images": pictures,
        "truths": truths,
        "scores": thresholds.tolist(),
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "averagePrecision": interpolated,
        "averagePrecisionNotInterpolated": float(average_precision_score(labels, scores) * found),
    }


def identification_case(mated, non_mated, gallery, decimals):
    # Row i of the mated probes has its mate in column i % gallery.
    similarities = np.round(rng.normal(0.1, 0.15, (mated, gallery)), decimals)
    mates = np.arange(mated) % gallery
    similarities[np.arange(mated), mates] = np.round(rng.normal(0.45, 0.2, mated), decimals)
    mate_scores = similarities[np.arange(mated), mates]
    # Pessimistic with ties: as many as are at least as similar, the mate among them.
    ranks = (similarities >= mate_scores[:, None]).sum(axis=1)
    failed = rng.random(mated) < 0.05
    ranks = np.where(failed, 0, ranks)
    tops = np.round(rng.normal(0.1, 0.15, (non_mated, gallery)), decimals).max(axis=1)
    cmc = [(float(np.mean((ranks >= 1) & (ranks <= k)))) for k in range(1, gallery + 1)]
    thresholds = np.unique(np.concatenate([mate_scores, tops]))
    return {
        "similarities": similarities.tolist(),
        "mates": mates.tolist(),
        "ranks": ranks.tolist(),
        "cmc": cmc,
        "topScores": tops.tolist(),
        "thresholds": thresholds.tolist(),
        "fpir": [float(np.mean(tops >= t)) for t in thresholds],
        "fnir": [float(np.mean(~((ranks == 1) & (mate_scores >= t)))) for t in thresholds],
        "fnirRank3": [float(np.mean(~((ranks >= 1) & (ranks <= 3) & (mate_scores >= t)))) for t in thresholds],
    }


golden = {
    "made": {"by": "make-rates.py", "python": sys.version.split()[0], "numpy": np.__version__, "scikit-learn": sklearn.__version__},
    "detection": {
        "few ties": detection_case(12, 4, 0.8, 3, 6),
        "many ties": detection_case(15, 5, 0.7, 4, 1),
    },
    "identification": {
        "few ties": identification_case(40, 30, 12, 6),
        "many ties": identification_case(40, 30, 12, 1),
    },
}
Path(__file__).with_name("rates.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
