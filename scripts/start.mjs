// What `npm start` runs after the build: the photo demo in this terminal, then face unlock in the browser, with the playground one link away.
//
//   node scripts/start.mjs [--once] [--port N] [options of the photo demo]
//
// Ends with 0 on Ctrl-C while it serves, 130 before that, and with the code of the photo demo if that fails.

import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const demo = join(dirname(fileURLToPath(import.meta.url)), '../examples/photo-demo/dist/main.js');
const DEFAULT_PORT = 4173;

const HELP_OF_APP = `
  --port N         port of the face unlock app; if it is taken, the next free one (default: ${DEFAULT_PORT})

Without --once, the face unlock app is served afterwards until Ctrl-C, for your own face and camera; from it a link leads to the playground,
which compares photos of yours.
`;

// The photo demo gets the signal too and says so itself; here it must only not end the wait for it.
let stop = () => {};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop());

const { port, once, rest } = readArguments(process.argv.slice(2));
const code = await showPhotos(rest);
if (rest.includes('--help')) process.stdout.write(HELP_OF_APP);
else if (code === 0 && !once) await serve();
process.exitCode = code;

function readArguments(argv) {
  const rest = [...argv];
  let port = DEFAULT_PORT;
  const at = rest.findIndex((argument) => argument === '--port' || argument.startsWith('--port='));
  if (at >= 0) {
    const [argument] = rest.splice(at, 1);
    const text = argument === '--port' ? rest.splice(at, 1)[0] : argument.slice('--port='.length);
    port = Number(text);
    if (text?.trim() === '' || !Number.isInteger(port) || port < 0 || port > 65535) {
      console.error(`Expected a port from 0 to 65535 for --port, got ${text === undefined ? 'nothing' : `"${text}"`}.`);
      process.exit(2);
    }
  }
  return { port, once: rest.includes('--once'), rest };
}

/** Runs the photo demo; gives its exit code. */
function showPhotos(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [demo, ...args], { stdio: 'inherit' });
    stop = () => child.kill('SIGINT');
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('exit', (exitCode, signal) => resolve(exitCode ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** Serves until Ctrl-C. */
async function serve() {
  const stopped = new Promise((resolve) => {
    stop = resolve;
  });
  const { serveApp } = await import('../examples/face-unlock/serve.mjs');
  const { url, close } = await serveApp(port);
  console.log(`\nFace unlock: with your camera, in the browser; Ctrl-C ends it\n${url}`);
  console.log(`Playground: compares photos of yours\n${url}playground/`);
  await stopped;
  await close();
}
