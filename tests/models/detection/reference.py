"""Detection in plain loops over single boxes; shares no code with models.detection."""

import math

Box = tuple[float, float, float, float]


def iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes by their corners."""
    width = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    height = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    shared = width * height
    union = sum((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)) - shared
    return shared / union


def ciou(box: Box, truth: Box) -> float:
    """Complete IoU, from the definitions in the paper."""
    overlap = iou(box, truth)
    centres = [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in (box, truth)]
    distance = math.dist(*centres) ** 2
    hull = (
        max(box[2], truth[2]) - min(box[0], truth[0]),
        max(box[3], truth[3]) - min(box[1], truth[1]),
    )
    angles = [math.atan((b[2] - b[0]) / (b[3] - b[1])) for b in (box, truth)]
    shape = 4 / math.pi**2 * (angles[0] - angles[1]) ** 2
    trade = shape / (1 - overlap + shape) if shape else 0.0
    return overlap - distance / (hull[0] ** 2 + hull[1] ** 2) - trade * shape


def pairs(
    objects: list[tuple[int, int, Box]],
    anchors: list[tuple[float, float]],
    stride: int,
    rows: int,
    columns: int,
) -> set[tuple[int, int, int, int, int]]:
    """(image, anchor, row, column, class) of every responsible prediction of one scale."""
    found = set()
    for image, label, (left, top, right, bottom) in objects:
        x, y = (left + right) / 2 / stride, (top + bottom) / 2 / stride
        row, column = min(int(y), rows - 1), min(int(x), columns - 1)
        cells = [
            (row, column),
            (row, column - 1 if x - column < 0.5 else column + 1),
            (row - 1 if y - row < 0.5 else row + 1, column),
        ]
        for number, (width, height) in enumerate(anchors):
            sides = [((right - left), width), ((bottom - top), height)]
            if any(a / b >= 4 or b / a >= 4 for a, b in sides):
                continue
            for r, c in cells:
                if 0 <= r < rows and 0 <= c < columns:
                    found.add((image, number, r, c, label))
    return found


def suppressed(
    boxes: list[Box], scores: list[list[float]], least: float, most: float, limit: int
) -> list[tuple[int, int]]:
    """(place, class) of what is kept, best first."""
    every = [(s, p, c) for p, row in enumerate(scores) for c, s in enumerate(row)]
    every.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
    kept: list[tuple[int, int]] = []
    for score, place, label in every[:limit]:
        if score < least:
            continue
        rivals = [p for p, c in kept if c == label]
        if all(iou(boxes[place], boxes[p]) <= most for p in rivals):
            kept.append((place, label))
    return kept


def average_precision(
    found: list[tuple[int, int, float, Box]], truth: list[tuple[int, int, Box]], least: float
) -> float:
    """Mean over classes of the precision at 101 recalls; detections match greedily by score."""
    values = []
    for label in sorted({c for _, c, _ in truth}):
        mine = [(image, box) for image, c, box in truth if c == label]
        used: set[int] = set()
        hits = []
        for image, _, _, box in sorted((f for f in found if f[1] == label), key=lambda f: -f[2]):
            best, chosen = least, None
            for number, (other, own) in enumerate(mine):
                if other == image and number not in used and iou(box, own) >= best:
                    best, chosen = iou(box, own), number
            hits.append(chosen is not None)
            if chosen is not None:
                used.add(chosen)
        right = 0
        curve = []
        for n, hit in enumerate(hits, 1):
            right += hit
            curve.append((right / len(mine), right / n))
        for step in range(101):
            reached = [p for recall, p in curve if recall >= step / 100 - 1e-12]
            values.append(max(reached, default=0.0))
    return 100 * sum(values) / len(values)
