/** The demo from start to end: find the photos, compute, render, say what to try next. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFaceEngine } from 'isoface';
import { type ComparedPhotos, comparePhotos } from './compare-photos.ts';
import { findPhotos } from './find-photos.ts';
import { cutFace } from './pictures/cut-face.ts';
import { drawPhoto, toInlinePhoto } from './pictures/draw-photo.ts';
import { renderReport } from './report/render-report.ts';
import { describeComparison, describeNextSteps } from './terminal-text.ts';

/** Options of {@link runDemo}. */
export interface DemoOptions {
  readonly outDirectory: string;
  readonly pack?: string | undefined;
  readonly fmr?: number | undefined;
  readonly threshold?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly print: (line: string) => void;
  /** Shows what is under way; an empty text clears it. */
  readonly showProgress: (text: string) => void;
}

/** Runs the demo and returns what it found. */
export async function runDemo(options: DemoOptions): Promise<ComparedPhotos> {
  const { outDirectory, pack, fmr, threshold, signal, print, showProgress } = options;
  const photos = await findPhotos();
  print(`isoface photo demo: who is who in ${photos.length} photos\n`);

  const engine = await createFaceEngine({
    pack,
    signal,
    // One photo at a time, so that the stage times are those of one thread on a free machine.
    threads: 1,
    onProgress: (event) => showProgress(event.phase === 'load' ? `Loading ${event.model} …` : 'Opening models …'),
  });
  let compared: ComparedPhotos;
  try {
    compared = await comparePhotos(engine, photos, { fmr, threshold, signal, onPhoto: (name) => showProgress(`Looking at ${name} …`) });
  } finally {
    await engine.dispose();
  }
  showProgress('');
  print(describeComparison(compared));

  showProgress('Drawing …');
  const written = await writeResults(compared, outDirectory, signal);
  showProgress('');
  print(describeNextSteps(written));
  return compared;
}

/** Writes the annotated photos and the report; returns the path of the report first. */
async function writeResults(compared: ComparedPhotos, directory: string, signal: AbortSignal | undefined): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const drawings = await Promise.all(compared.photos.map((photo) => drawPhoto(photo, compared.faces)));
  const inlinePhotos = await Promise.all(drawings.map(toInlinePhoto));
  const thumbnails = await Promise.all(compared.faces.map(cutFace));
  signal?.throwIfAborted();

  const report = join(directory, 'report.html');
  const pictures = compared.photos.map(({ name }) => join(directory, `${name}.faces.jpg`));
  for (const [i, path] of pictures.entries()) await writeFile(path, drawings[i] as Buffer);
  await writeFile(report, renderReport(compared, inlinePhotos, thumbnails));
  return [report, ...pictures];
}
