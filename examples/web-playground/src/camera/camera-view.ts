/** Faces in the picture of a camera, live. */

import { openCamera, type TrackedFace, type TrackResult, type WebFaceEngine } from 'isoface';
import { createElement } from '../dom/create-element.ts';
import { createFigures } from '../dom/create-figures.ts';
import { getElement } from '../dom/get-element.ts';
import { setText } from '../dom/set-text.ts';
import { createErrorBox } from '../engine/create-error-box.ts';
import { createFaceItem } from '../faces/create-face-item.ts';
import { createOverlay, drawOverlay } from '../faces/create-overlay.ts';
import { drawCrop } from '../faces/draw-crop.ts';
import { describeCameraError } from './describe-camera-error.ts';
import { createFrameRate } from './frame-rate.ts';
import { listCameras } from './list-cameras.ts';
import { listTrackFigures } from './list-track-figures.ts';

/** The camera of the page. */
export interface CameraView {
  /** Goes on with another engine; `undefined`: waits for one. The camera stays on. */
  useEngine(engine: WebFaceEngine | undefined): void;
  /** Turns the camera off. */
  stop(): void;
}

/** Parts of {@link createCameraView}. */
export interface CameraViewOptions {
  /** Whom of the photos a face looks like, as words; `undefined`: nobody. */
  readonly recognize: (face: TrackedFace) => string | undefined;
}

/** Figures that change faster cannot be read. */
const FIGURES_EVERY_MS = 250;

/** Binds the camera to the page. */
export function createCameraView({ recognize }: CameraViewOptions): CameraView {
  const startButton = getElement('camera-start', HTMLButtonElement);
  const stopButton = getElement('camera-stop', HTMLButtonElement);
  const choice = getElement('camera-choice', HTMLElement);
  const device = getElement('camera-device', HTMLSelectElement);
  const status = getElement('camera-status', HTMLElement);
  const errorPlace = getElement('camera-error', HTMLElement);
  const stage = getElement('camera-stage', HTMLElement);
  const video = getElement('camera-video', HTMLVideoElement);
  const figures = getElement('camera-figures', HTMLElement);
  const faceList = getElement('camera-faces', HTMLElement);
  const overlay = createOverlay();
  stage.append(overlay);

  let engine: WebFaceEngine | undefined;
  let stream: MediaStream | undefined;
  let opening = new AbortController();
  let following = new AbortController();
  /** Ids begin anew with every engine; they are counted on from here, so that no number is shown twice. */
  let lastNumber = 0;
  const crops = new Map<number, string>();

  async function start(): Promise<void> {
    stop('Asking for the camera …');
    const { signal } = opening;
    startButton.disabled = true;
    stopButton.disabled = false;
    try {
      const opened = await openCamera({ deviceId: device.value || undefined, signal });
      stream = opened;
      for (const track of opened.getVideoTracks()) {
        track.addEventListener('ended', () => {
          if (stream === opened) stop('The camera was disconnected or turned off. Connect it, then start it again.');
        });
      }
      video.srcObject = opened;
      stage.hidden = false;
      await video.play();
      signal.throwIfAborted();
      await offerCameras(opened);
      showRunning();
      void follow();
    } catch (error) {
      if (signal.aborted) return;
      stop('The camera is off.');
      errorPlace.replaceChildren(createErrorBox(describeCameraError(error)));
    }
  }

  function stop(reason: string): void {
    opening.abort();
    opening = new AbortController();
    following.abort();
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = undefined;
    video.srcObject = null;
    stage.hidden = true;
    figures.hidden = true;
    faceList.replaceChildren();
    overlay.replaceChildren();
    errorPlace.replaceChildren();
    startButton.disabled = false;
    stopButton.disabled = true;
    setText(status, reason);
  }

  /** Until the camera, the engine or the patience of the user ends. */
  async function follow(): Promise<void> {
    following.abort();
    if (engine === undefined || stream === undefined) return;
    following = new AbortController();
    const { signal } = following;
    const rate = createFrameRate();
    const offset = lastNumber;
    let figuresAt = 0;
    crops.clear();
    figures.hidden = false;
    try {
      for await (const result of engine.track(video, { signal })) {
        if (signal.aborted) return;
        const now = performance.now();
        const framesPerSecond = rate.add(now);
        for (const { id } of result.faces) lastNumber = Math.max(lastNumber, offset + id);
        drawFaces(result, offset);
        if (now - figuresAt < FIGURES_EVERY_MS) continue;
        figuresAt = now;
        figures.replaceChildren(...createFigures(listTrackFigures(result, framesPerSecond)));
        listFaces(result, offset);
      }
    } catch (error) {
      if (signal.aborted) return;
      stop('The camera is off.');
      errorPlace.replaceChildren(createErrorBox(describeCameraError(error)));
    }
  }

  function drawFaces({ width, height, faces, ended }: TrackResult, offset: number): void {
    for (const face of faces) if (face.isEmbeddingNew || !crops.has(face.id)) crops.set(face.id, drawCrop(video, face));
    for (const id of ended) crops.delete(id);
    drawOverlay(
      overlay,
      width,
      height,
      faces.map((face) => {
        const number = offset + face.id;
        return { face, label: `#${number}`, person: number - 1, isFaded: face.missedFrames > 0 };
      }),
    );
  }

  function listFaces({ faces }: TrackResult, offset: number): void {
    const items = faces.map((face) => {
      const number = offset + face.id;
      const note = recognize(face);
      return createFaceItem(face, { label: `#${number}`, crop: crops.get(face.id) ?? '', person: number - 1, note });
    });
    faceList.replaceChildren(...items);
  }

  async function offerCameras(current: MediaStream): Promise<void> {
    const cameras = await listCameras();
    choice.hidden = cameras.length < 2;
    device.replaceChildren(...cameras.map(({ deviceId, label }) => createElement('option', { value: deviceId }, label)));
    device.value = current.getVideoTracks()[0]?.getSettings().deviceId ?? '';
  }

  function showRunning(): void {
    if (stream === undefined) return;
    const isHidden = document.visibilityState === 'hidden';
    // Nobody sees the picture: neither camera frames nor the engine are needed.
    if (isHidden) video.pause();
    else void video.play().catch(() => {});
    if (isHidden) setText(status, 'Paused while this tab is hidden.');
    else setText(status, engine === undefined ? 'The camera is on; the engine is not ready yet.' : 'The camera is on.');
  }

  startButton.addEventListener('click', () => void start());
  stopButton.addEventListener('click', () => {
    stop('The camera is off.');
    startButton.focus();
  });
  device.addEventListener('change', () => void start());
  document.addEventListener('visibilitychange', showRunning);
  window.addEventListener('pagehide', () => stop('The camera is off.'));

  return {
    useEngine(next) {
      engine = next;
      following.abort();
      showRunning();
      void follow();
    },
    stop: () => {
      if (stream !== undefined || !stopButton.disabled) stop('The camera is off.');
    },
  };
}
