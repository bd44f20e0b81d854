/** The command line. */

import { parseArgs } from 'node:util';

/** What the server is started with. */
export interface CliOptions {
  readonly host: string;
  readonly port: number;
  readonly gallery: string;
  readonly pack: string;
}

/** Printed by `--help`. */
export const HELP = `node dist/main.js [options]

  --host ADDRESS   address to listen on (default: 127.0.0.1, this machine alone)
  --port N         port, 0 for a free one (default: 3000)
  --gallery FILE   where enrolled people are kept (default: ./gallery.isoface)
  --pack NAME      model pack: starter (default), standard
  --help           print this

LOG_LEVEL            what is logged to standard error: info (default), warn, silent, …
`;

const PACKS = ['starter', 'standard'];

/**
 * Reads the command line; `undefined` when help was asked for.
 *
 * @throws {Error} with a message for the user.
 */
export function readOptions(argv: readonly string[]): CliOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '3000' },
      gallery: { type: 'string', default: './gallery.isoface' },
      pack: { type: 'string', default: 'starter' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65535) throw new Error(`Expected a port from 0 to 65535 for --port, got "${values.port}".`);
  if (!PACKS.includes(values.pack)) throw new Error(`Expected ${PACKS.join(' or ')} for --pack, got "${values.pack}".`);
  for (const name of ['host', 'gallery'] as const)
    if (values[name] === '') throw new Error(`Expected a value for --${name}, got an empty one.`);
  return { host: values.host, port, gallery: values.gallery, pack: values.pack };
}
