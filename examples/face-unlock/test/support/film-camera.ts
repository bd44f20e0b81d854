/** A camera for pages whose picture is made here: it plays clips, and can answer to what the page asks for. */

import type { BrowserContext, Page } from 'playwright';
import { DRAWN_RATE } from './film-clips.ts';

/** Clips by name; JPEGs. */
export type Clips = Readonly<Record<string, readonly Uint8Array[]>>;

/** How somebody behaves before the camera. */
export interface FilmRole {
  /** The clip that is shown again and again when nothing is asked for. */
  readonly idle: string;
  /** Whether movements and poses that the page asks for are made, if there are clips of their names. */
  readonly reacts: boolean;
  /** Whether a little noise is laid over every frame, so that no two are equal. */
  readonly noise: boolean;
}

const PREFIX = 'film-of-test/';
/** Time from reading the prompt to moving. */
const REACTION_MS = 400;

/** Lets the pages of a context fetch clips. Without service workers, for they would answer first. */
export async function offerClips(context: BrowserContext, clips: Clips): Promise<void> {
  await context.route(`**/${PREFIX}*`, (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
    const frames = clips[name]?.map((frame) => Buffer.from(frame).toString('base64'));
    return route.fulfill({ status: frames === undefined ? 404 : 200, json: frames ?? [] });
  });
}

/**
 * Replaces the camera of a page, before it loads.
 *
 * With a role that reacts, what the page sees is an animation that a program made of one photo: an injected deepfake. That it passes a challenge is
 * what it was made for, and shows what face unlock does not protect against: nothing in a page can tell such a program from a camera, and the signals of
 * injection, which notice careless ones, say nothing about this one.
 */
export function replaceCamera(page: Page, names: readonly string[], role: FilmRole): Promise<unknown> {
  return page.addInitScript(installCamera, { prefix: PREFIX, names, role, fps: DRAWN_RATE, reactionMs: REACTION_MS });
}

/** Gives the person or thing before the camera another role. */
export function changeRole(page: Page, role: FilmRole): Promise<unknown> {
  return page.evaluate((next) => Object.assign(globalThis, { filmRole: next }), role);
}

interface CameraPlan {
  readonly prefix: string;
  readonly names: readonly string[];
  readonly role: FilmRole;
  readonly fps: number;
  readonly reactionMs: number;
}

/** Runs in the page, alone: nothing from this file is there. */
function installCamera({ prefix, names, role: firstRole, fps, reactionMs }: CameraPlan): void {
  const film = globalThis as unknown as { filmRole: FilmRole; filmTrack?: MediaStreamTrack };
  film.filmRole = firstRole;
  let clips: Promise<Map<string, Blob[]>> | undefined;
  const loadClips = async (): Promise<Map<string, Blob[]>> => {
    const loaded = new Map<string, Blob[]>();
    for (const name of names) {
      const frames: string[] = await (await fetch(`${prefix}${name}`)).json();
      const toBlob = (text: string): Blob =>
        new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type: 'image/jpeg' });
      loaded.set(name, frames.map(toBlob));
    }
    return loaded;
  };
  /** The movement or pose that the page asks for. */
  const readWish = (): string | undefined => {
    const challenge = document.querySelector<HTMLElement>('.challenge:not([hidden])');
    const pose = document.querySelector<HTMLElement>('.poses [aria-current]');
    return challenge?.dataset['action'] ?? pose?.dataset['pose'];
  };
  navigator.mediaDevices.getUserMedia = async () => {
    clips ??= loadClips();
    const loaded = await clips;
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 640, height: 480 });
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    const grain = new OffscreenCanvas(768, 608);
    const grainContext = grain.getContext('2d') as OffscreenCanvasRenderingContext2D;
    const pixels = grainContext.createImageData(grain.width, grain.height);
    for (let i = 0; i < pixels.data.length; i += 4)
      pixels.data.set(
        [0, 1, 2].map(() => Math.random() * 256),
        i,
      );
    for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = 10;
    grainContext.putImageData(pixels, 0, 0);
    let playing: { name: string; frame: number } | undefined;
    let wish: { name: string | undefined; sinceMs: number } = { name: undefined, sinceMs: 0 };
    let count = 0;
    const draw = async (): Promise<void> => {
      const role = film.filmRole;
      const name = readWish();
      if (name !== wish.name) wish = { name, sinceMs: performance.now() };
      const isDue = role.reacts && wish.name !== undefined && loaded.has(wish.name) && performance.now() - wish.sinceMs > reactionMs;
      if (playing === undefined && isDue && wish.name !== undefined) playing = { name: wish.name, frame: 0 };
      const idle = loaded.get(role.idle) ?? [];
      // There and back again, so that nothing jumps.
      const place = count++ % Math.max(1, 2 * idle.length - 2);
      const frames = playing === undefined ? idle : (loaded.get(playing.name) ?? []);
      const blob = frames[playing?.frame ?? (place < idle.length ? place : 2 * idle.length - 2 - place)];
      if (playing !== undefined && ++playing.frame >= frames.length) playing = undefined;
      if (blob === undefined) return;
      const picture = await createImageBitmap(blob);
      context.drawImage(picture, 0, 0);
      picture.close();
      if (!role.noise) return;
      // Twice, at places that do not come again within a test: the same frame again is a sign of a loop.
      for (let i = 0; i < 2; i++) context.drawImage(grain, -Math.floor(Math.random() * 128), -Math.floor(Math.random() * 128));
    };
    await draw();
    const stream = canvas.captureStream();
    const [track] = stream.getVideoTracks();
    film.filmTrack = track;
    const timer = setInterval(() => {
      if (track?.readyState === 'ended') clearInterval(timer);
      else void draw();
    }, 1000 / fps);
    return stream;
  };
}
