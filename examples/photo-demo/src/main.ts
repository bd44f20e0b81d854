/** Finds and compares the faces of six photos, and shows the outcome in the terminal and as an HTML report. */

import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isFaceError } from 'isoface';
import { type DemoOptions, runDemo } from './run-demo.ts';

const HELP = `npm start -- [options]

  --out DIR        folder for the report and the pictures (default: out/photo-demo)
  --pack NAME      model pack: starter (default), standard, sface
  --fmr RATE       wanted false match rate (default: 1e-4)
  --threshold T    similarity threshold of your own, for packs without calibration
  --once           end when the report is written
  --help           print this
`;

const controller = new AbortController();
for (const [name, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(name, () => {
    if (controller.signal.aborted) process.exit(code);
    process.exitCode = code;
    controller.abort(new Error('Interrupted.'));
  });
}

try {
  const options = readOptions();
  if (options === undefined) process.stdout.write(HELP);
  else await runDemo(options);
} catch (error) {
  clearLine();
  if (controller.signal.aborted) {
    process.stderr.write('Interrupted.\n');
  } else {
    const code = isFaceError(error) ? `${error.code}: ` : '';
    process.stderr.write(`The demo stopped. ${code}${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env['ISOFACE_DEBUG'] === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 2;
  }
}

/** The options, or `undefined` when help was asked for. */
function readOptions(): DemoOptions | undefined {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      pack: { type: 'string' },
      fmr: { type: 'string' },
      threshold: { type: 'string' },
      once: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return undefined;
  const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
  return {
    // npm runs the demo in the folder of the repository; a relative path is meant from where the user stands.
    outDirectory:
      values.out === undefined
        ? join(root, 'out/photo-demo')
        : resolve(process.env['ISOFACE_CWD'] ?? process.env['INIT_CWD'] ?? process.cwd(), values.out),
    pack: values.pack,
    fmr: toNumber('fmr', values.fmr),
    threshold: toNumber('threshold', values.threshold),
    signal: controller.signal,
    print: (line) => process.stdout.write(`${line}\n`),
    showProgress: process.stderr.isTTY ? showLine : () => {},
  };
}

function toNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new Error(`Expected a number for --${option}, got "${text}".`);
}

function showLine(text: string): void {
  clearLine();
  process.stderr.write(text);
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
}
