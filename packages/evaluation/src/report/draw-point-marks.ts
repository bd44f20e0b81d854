/** Named points on curves: each name goes where it hides least. */

import type { LineChart } from './chart.ts';
import { element, type Markup } from './markup.ts';
import type { PlotArea } from './plot.ts';
import type { Stretch } from './split-curve.ts';
import { measureText, shortenText } from './text-width.ts';
import type { PixelPoint } from './thin-line.ts';

const FONT = 12;
const RADIUS = 4;
const AWAY = 9;
const HEIGHT = 16;
/** How far below its point a name may stand, in pixels, in order of preference. */
const OFFSETS = [0, -10, 10, -18, 18, -27, 27, -40, 40];
/** Pixels between the places at which a curve is looked at. */
const SAMPLE_SPACING = 6;
/** A name on another name is worse than a name on a whole curve. */
const COLLISION_COST = 1000;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Draws rings with names beside them; points outside of the axes are drawn at their ends. */
export function drawPointMarks(marks: LineChart['marks'] & {}, stretches: readonly Stretch[], area: PlotArea): readonly Markup[] {
  const placed = marks.flatMap(({ x, y, label }) => {
    const [px, py] = [area.x.place(x)?.at, area.y.place(y)?.at];
    if (px === undefined || py === undefined) return [];
    const at: PixelPoint = [Math.min(area.width, Math.max(0, px)), Math.min(area.height, Math.max(0, py))];
    return [{ at, label: shortenText(label, area.width * 0.6, FONT), full: label }];
  });
  const samples = sampleCurves(stretches);
  const taken: Box[] = placed.map(({ at: [x, y] }) => ({ left: x - 6, right: x + 6, top: y - 6, bottom: y + 6 }));
  return placed.map(({ at, label, full }) => {
    const box = findRoom(at, measureText(label, FONT), { area, samples, taken });
    taken.push(box);
    return element(
      'g',
      {},
      element('title', {}, full),
      element('circle', { class: 'point ring', cx: at[0], cy: at[1], r: RADIUS }),
      element('text', { class: 'halo', x: box.left, y: box.bottom - 3 }, label),
    );
  });
}

function findRoom(
  [x, y]: PixelPoint,
  width: number,
  { area, samples, taken }: { area: PlotArea; samples: readonly PixelPoint[]; taken: readonly Box[] },
): Box {
  const boxes = OFFSETS.flatMap((down) =>
    [x + AWAY - Math.abs(down) / 8, x - AWAY + Math.abs(down) / 8 - width, x - width / 2].map((left): Box => {
      const top = y - HEIGHT / 2 + down;
      return { left, top, right: left + width, bottom: top + HEIGHT };
    }),
  );
  const cost = (box: Box, index: number) => {
    const isOut = box.left < 0 || box.right > area.width + 10 || box.top < 0 || box.bottom > area.height;
    const collisions = taken.filter((other) => overlap(box, other)).length + (isOut ? 2 : 0);
    const hidden = samples.filter(([sx, sy]) => overlap(box, { left: sx, right: sx, top: sy, bottom: sy })).length;
    return collisions * COLLISION_COST + hidden * 2 + index / 10;
  };
  const costs = boxes.map(cost);
  const [first] = boxes;
  return boxes[costs.indexOf(Math.min(...costs))] ?? (first as Box);
}

function overlap(a: Box, b: Box): boolean {
  return a.left <= b.right && a.right >= b.left && a.top <= b.bottom && a.bottom >= b.top;
}

function sampleCurves(stretches: readonly Stretch[]): readonly PixelPoint[] {
  return stretches.flatMap(({ points, exits }) => [
    ...exits.map(({ end }) => end),
    ...points.slice(1).flatMap(([x, y], i) => {
      const [x0, y0] = points[i] ?? [x, y];
      const steps = Math.min(200, Math.max(1, Math.ceil(Math.hypot(x - x0, y - y0) / SAMPLE_SPACING)));
      return Array.from({ length: steps }, (_, step): PixelPoint => {
        const share = (step + 1) / steps;
        return [x0 + share * (x - x0), y0 + share * (y - y0)];
      });
    }),
  ]);
}
