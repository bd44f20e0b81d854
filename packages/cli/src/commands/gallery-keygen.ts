/** `isoface gallery keygen`: a new key. */

import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceError } from '@isoface/core';
import type { Command } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { printable } from '../output/printable.ts';
import type { CommandResult, OutputOptions, RunCommand, Session } from '../session.ts';

const HELP = `
Writes 32 random bytes as 64 hexadecimal digits, to a file that only you may read. A file that is there is never overwritten: what was protected with
it could not be opened again. Keep a copy apart from the gallery: nobody can open it without the key.

Examples:
  isoface gallery keygen people.key
  isoface enrol ada ada.jpg --gallery people.gallery --key-file people.key

Document of --json: { path }.
Exit codes: 0 written, 2 error.`;

const KEY_BYTES = 32;
const OWNER_ONLY = 0o600;

/** Adds the command. */
export function addGalleryKeygenCommand(gallery: Command, run: RunCommand): void {
  const command = gallery
    .command('keygen')
    .description('make a new key for a gallery')
    .argument('<file>', 'file that is not there yet')
    .addHelpText('after', HELP);
  addOutputOptions(command).action((file: string, options: OutputOptions) => run(options, (session) => makeKey(file, session)));
}

async function makeKey(file: string, { resolvePath, print }: Session): Promise<CommandResult> {
  const path = resolvePath(file);
  await writeNewFile(path, `${randomBytes(KEY_BYTES).toString('hex')}\n`);
  print(`${printable(file)}: a new key. Without it nobody can open what is protected with it.`);
  return { document: { path } };
}

async function writeNewFile(path: string, text: string): Promise<void> {
  let isOurs = false;
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'wx', OWNER_ONLY);
    isOurs = true;
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (isOurs) await rm(path, { force: true });
    const reason = (cause as NodeJS.ErrnoException).code;
    const message =
      reason === 'EEXIST'
        ? `Expected the name of a new file, got ${printable(path)}, which is there; a key is never overwritten.`
        : `Cannot write ${printable(path)} (${reason ?? String(cause)}); choose a folder that you may write to.`;
    throw new FaceError(reason === 'EEXIST' ? 'INVALID_OPTION' : 'IO_FAILED', message, { path, reason }, { cause });
  }
}
