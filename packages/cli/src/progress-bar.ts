/** A progress bar on standard error, for terminals only. */

import cliProgress from 'cli-progress';
import type { Progress } from './session.ts';

/** Sources whose bytes come slowly enough to be worth a bar. */
const SLOW_SOURCES: ReadonlySet<string> = new Set(['download']);

const SILENT: Progress = { model: () => {}, items: () => {}, clear: () => {} };

/** Creates the display; a silent one where there is no terminal. */
export function createProgress(stream: NodeJS.WritableStream, isEnabled: boolean): Progress {
  if (!isEnabled) return SILENT;
  let bar: cliProgress.SingleBar | undefined;

  const show = (label: string, done: number, total: number, count: string): void => {
    if (bar === undefined) {
      bar = new cliProgress.SingleBar({
        stream,
        format: '{label} |{bar}| {percentage}% {count}, {eta_formatted} left',
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 30,
        clearOnComplete: true,
        hideCursor: true,
        // The program has its own handling of Ctrl-C.
        gracefulExit: false,
      });
      bar.start(total, done, { label, count });
      return;
    }
    bar.setTotal(total);
    bar.update(done, { label, count });
  };

  const clear = (): void => {
    bar?.stop();
    bar = undefined;
  };

  return {
    model(event) {
      if (event.phase === 'load' && SLOW_SOURCES.has(event.source)) {
        show(`Downloading ${event.model}`, event.loadedBytes, event.totalBytes, `of ${(event.totalBytes / 1e6).toFixed(1)} MB`);
      } else if (event.phase === 'openModel') {
        show('Opening models', event.loadedModels, event.totalModels, `${event.loadedModels}/${event.totalModels}`);
      } else if (event.phase === 'selfTest') {
        clear();
      }
    },
    items(label, done, total) {
      if (done >= total) clear();
      else show(label, done, total, `${done}/${total}`);
    },
    clear,
  };
}
