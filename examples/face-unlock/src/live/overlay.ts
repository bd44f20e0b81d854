/** Box and landmarks over the picture of the camera, drawn at most once for each frame of the screen. */

import type { FrameEvent } from 'isoface';

/** Draws the newest frame. */
export interface Overlay {
  show(frame: FrameEvent): void;
  close(): void;
}

const LINE_SHARE = 1 / 160;
const COLOR = '#6ff0d2';
const EDGE = '#00000099';

/** Draws on this canvas. It has the size of the frames and is fitted over the video by the style sheet, so nothing has to be measured. */
export function createOverlay(canvas: HTMLCanvasElement): Overlay {
  const context = canvas.getContext('2d');
  let latest: FrameEvent | undefined;
  let request = 0;
  const draw = (): void => {
    request = 0;
    if (context === null || latest === undefined) return;
    const { width, height, face } = latest;
    // Setting the size clears the canvas and allocates it anew.
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    else context.clearRect(0, 0, width, height);
    if (face === undefined) return;
    const { box, landmarks = [] } = face;
    const line = Math.max(width, height) * LINE_SHARE;
    const path = new Path2D();
    path.roundRect(box.x, box.y, box.width, box.height, box.width * 0.06);
    for (const { x, y } of landmarks) {
      path.moveTo(x + line, y);
      path.arc(x, y, line, 0, 2 * Math.PI);
    }
    for (const [color, width] of [
      [EDGE, line * 2],
      [COLOR, line],
    ] as const) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.stroke(path);
    }
  };
  return {
    show(frame) {
      latest = frame;
      if (request === 0) request = requestAnimationFrame(draw);
    },
    close: () => cancelAnimationFrame(request),
  };
}
