"""Writes lbph.json, eigenfaces.json and symmetric-eigen.json beside this file.

Run with a Python that has numpy and OpenCV with its face module, then format what it wrote: `npx biome check --write .`
The JSON names the versions. All pictures are generated.
"""

import base64
import json
import platform
import sys
from pathlib import Path

import cv2
import numpy as np

HERE = Path(__file__).parent
MADE_WITH = {"script": "make-goldens.py", "opencv": cv2.__version__, "numpy": np.__version__, "python": platform.python_version()}


def to_base64(array, dtype):
    return base64.b64encode(np.ascontiguousarray(array, dtype=np.dtype(dtype).newbyteorder("<")).tobytes()).decode("ascii")


def write(name, content):
    (HERE / name).write_text(json.dumps({"madeWith": MADE_WITH, **content}, indent=2) + "\n")


# Pictures: uint8 arrays of any size. They have what decides bits: noise, plain areas (ties), ramps, sharp edges, curves.


def noise(rng, h, w):
    return rng.integers(0, 256, (h, w)).astype(np.uint8)


def few_levels(rng, h, w):
    return (rng.integers(0, 3, (h, w)) * 90 + 31).astype(np.uint8)


def ramp(rng, h, w):
    y, x = np.mgrid[0:h, 0:w]
    return ((x * 5 + y * 3) % 256).astype(np.uint8)


def shapes(rng, h, w):
    image = np.full((h, w), 77, np.uint8)
    cv2.ellipse(image, (w // 2, h // 2), (w // 3, h // 3), 15, 0, 360, 190, -1)
    cv2.circle(image, (w // 3, h // 3), max(2, w // 10), 20, -1)
    cv2.rectangle(image, (w // 2, h * 2 // 3), (w - 4, h - 5), 255, -1)
    cv2.line(image, (0, h - 1), (w - 1, 0), 0, 1)
    return image


def constant(rng, h, w):
    return np.full((h, w), 113, np.uint8)


PICTURES = {"noise": noise, "fewLevels": few_levels, "ramp": ramp, "shapes": shapes, "constant": constant}

# name, width, height, radius, neighbours, gridX, gridY, scale of the pixels (1: uint8, else float32)
LBPH_CASES = [
    ("radius 1, 8 neighbours, 9x9", 38, 38, 1, 8, 9, 9, 1),
    ("OpenCV's defaults", 42, 34, 1, 8, 8, 8, 1),
    ("a grid that does not divide", 37, 44, 1, 8, 5, 7, 1),
    ("one cell", 21, 18, 1, 8, 1, 1, 1),
    ("cells of one pattern", 9, 8, 1, 8, 7, 6, 1),
    ("radius 2, 8 neighbours", 40, 31, 2, 8, 4, 3, 1),
    ("radius 2, 12 neighbours", 33, 45, 2, 12, 3, 4, 1),
    ("radius 3, 16 neighbours", 30, 30, 3, 16, 2, 2, 1),
    ("radius 1, 4 neighbours", 26, 25, 1, 4, 6, 3, 1),
    ("radius 1, 1 neighbour", 15, 20, 1, 1, 3, 2, 1),
    ("radius 2, 5 neighbours", 27, 29, 2, 5, 3, 5, 1),
    ("float pixels, radius 1", 36, 33, 1, 8, 4, 4, 0.37),
    ("float pixels, radius 2, 12 neighbours", 34, 36, 2, 12, 3, 3, 0.61),
]


def lbph_case(name, w, h, radius, neighbours, grid_x, grid_y, scale):
    rng = np.random.default_rng(abs(w * 1000 + h * 10 + neighbours))
    bytes_ = [make(rng, h, w) for make in PICTURES.values()]
    images = [b if scale == 1 else b.astype(np.float32) * np.float32(scale) for b in bytes_]
    recognizer = cv2.face.LBPHFaceRecognizer_create(radius, neighbours, grid_x, grid_y)
    recognizer.train(images, np.arange(len(images), dtype=np.int32))
    histograms = np.stack([h.reshape(-1) for h in recognizer.getHistograms()])
    cell = ((w - 2 * radius) // grid_x) * ((h - 2 * radius) // grid_y)
    counts = np.rint(histograms.astype(np.float64) * cell).astype(np.int64)
    # A share depends on its count alone, so counts and one table hold the histograms without loss.
    shares = np.zeros(counts.max() + 1, np.float32)
    shares[counts] = histograms
    assert np.array_equal(shares[counts], histograms)
    distances = []
    for image in images:
        collector = cv2.face.StandardCollector_create()
        recognizer.predict_collect(image, collector)
        distances.append([d for _, d in sorted(collector.getResults(False))])
    return {
        "name": name,
        "options": {"radius": radius, "neighbours": neighbours, "gridX": grid_x, "gridY": grid_y, "width": w, "height": h},
        "scale": scale,
        "pictures": [to_base64(b, np.uint8) for b in bytes_],
        # For each picture the bins that are not empty, as pairs of the distance to the bin before and the count.
        "histograms": [to_base64(sparse(row), np.uint16) for row in counts],
        "shares": to_base64(shares, np.float32),
        "distances": distances,
    }


def sparse(row):
    pairs, previous = [], 0
    for at in np.flatnonzero(row):
        # Longer steps than 16 bits hold are made by way of a bin that gets nothing.
        while at - previous > 65535:
            previous += 65535
            pairs.append((65535, 0))
        pairs.append((at - previous, row[at]))
        previous = at
    return np.array(pairs)


def weights(radius, neighbours):
    """The sample points of elbp_ in float32, through the C library's cos and sin."""
    f = np.float32
    rows = []
    for n in range(neighbours):
        x, y = f(radius * np.cos(2 * np.pi * n / neighbours)), f(-radius * np.sin(2 * np.pi * n / neighbours))
        tx, ty = f(x - np.floor(x)), f(y - np.floor(y))
        rows.append([f(f(1 - tx) * f(1 - ty)), f(tx * f(1 - ty)), f(f(1 - tx) * ty), f(tx * ty)])
    return to_base64(rows, np.float32)


def write_lbph():
    write(
        "lbph.json",
        {
            "kinds": list(PICTURES),
            "cases": [lbph_case(*case) for case in LBPH_CASES],
            "weights": [
                {"radius": radius, "neighbours": neighbours, "values": weights(radius, neighbours)}
                for radius in (1, 2, 3)
                for neighbours in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
            ],
        },
    )


def faces(rng, count, h, w):
    """Pictures that vary in a few directions and a little in all others, as faces do."""
    directions = [cv2.GaussianBlur(rng.normal(size=(h, w)), (0, 0), 1.5) for _ in range(6)]
    strengths = rng.normal(size=(count, 6)) * [400, 250, 150, 90, 60, 40]
    images = 120 + sum(strengths[:, i, None, None] * d for i, d in enumerate(directions)) + rng.normal(size=(count, h, w)) * 4
    return np.clip(np.rint(images), 0, 255).astype(np.uint8)


# name, crops, width, height, eigenfaces asked for
EIGENFACES_CASES = [
    ("fewer crops than pixels", 24, 12, 10, 10),
    ("fewer crops than pixels, all eigenfaces", 9, 11, 7, 8),
    ("more crops than pixels", 40, 5, 4, 12),
    ("as many crops as pixels", 20, 5, 4, 12),
]


def eigenfaces_case(name, count, w, h, components):
    rng = np.random.default_rng(count * 100 + w)
    crops = faces(rng, count, h, w)
    probes = faces(rng, 3, h, w)
    recognizer = cv2.face.EigenFaceRecognizer_create(components)
    recognizer.train(list(crops), np.arange(count, dtype=np.int32))
    distances = []
    for probe in probes:
        collector = cv2.face.StandardCollector_create()
        recognizer.predict_collect(probe, collector)
        distances.append([d for _, d in sorted(collector.getResults(False))])
    flat = crops.reshape(count, -1).astype(np.float64)
    return {
        "name": name,
        "options": {"width": w, "height": h, "components": components},
        "count": count,
        "crops": to_base64(crops, np.uint8),
        "probes": to_base64(probes, np.uint8),
        "mean": recognizer.getMean().reshape(-1).tolist(),
        "eigenvalues": recognizer.getEigenValues().reshape(-1).tolist(),
        # One eigenface a row; OpenCV has them in columns.
        "components": to_base64(recognizer.getEigenVectors().T, np.float64),
        "projections": [p.reshape(-1).tolist() for p in recognizer.getProjections()],
        "distances": distances,
        "totalVariance": float(((flat - flat.mean(0)) ** 2).sum() / count),
    }


def write_eigenfaces():
    write("eigenfaces.json", {"cases": [eigenfaces_case(*case) for case in EIGENFACES_CASES]})


def matrices():
    rng = np.random.default_rng(7)
    random = rng.normal(size=(12, 12))
    thin = rng.normal(size=(10, 3))
    index = np.arange(1, 11)
    yield "random", random + random.T
    yield "Hilbert, condition 1e13", 1.0 / (index[:, None] + index[None, :] - 1)
    yield "Wilkinson W21+, pairs of nearly equal eigenvalues", np.diag(np.abs(np.arange(-10.0, 11))) + np.eye(21, k=1) + np.eye(21, k=-1)
    yield "all ones, one eigenvalue that is not 0", np.ones((8, 8))
    yield "of rank 3", thin @ thin.T
    yield "graded over 16 orders of magnitude", (10.0 ** -np.arange(0, 16, 2))[:, None] * (10.0 ** -np.arange(0, 16, 2))[None, :] + np.diag(10.0 ** -np.arange(0, 16, 2))
    yield "tridiagonal", np.diag([2.0] * 9) - np.eye(9, k=1) - np.eye(9, k=-1)
    yield "of 40 rows", (lambda a: a @ a.T)(rng.normal(size=(40, 40)))


def write_symmetric_eigen():
    cases = [{"name": name, "matrix": m.tolist(), "values": np.linalg.eigvalsh(m)[::-1].tolist()} for name, m in matrices()]
    write("symmetric-eigen.json", {"cases": cases})


if __name__ == "__main__":
    write_lbph()
    write_eigenfaces()
    write_symmetric_eigen()
    print(*(f"{path.name}: {path.stat().st_size} bytes" for path in sorted(HERE.glob("*.json"))), sep="\n", file=sys.stderr)
