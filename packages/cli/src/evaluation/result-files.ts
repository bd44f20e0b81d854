/** Files that a measurement leaves behind. */

import { toCsv, writeFileAtomically } from '@isoface/evaluation';
import { formatJson } from '../output/format-json.ts';
import type { OutputOptions, Session } from '../session.ts';

/** What the parser makes of the result options. */
export interface ResultOptions extends OutputOptions {
  readonly csv?: string | undefined;
  readonly html?: string | undefined;
}

/** A result in the forms in which it can be kept. */
export interface ResultForms {
  readonly document: unknown;
  readonly csv: { readonly columns: readonly string[]; readonly rows: readonly (readonly (string | number | undefined)[])[] };
  readonly html: () => string;
}

/**
 * Writes the files that were asked for, each whole or not at all.
 *
 * @throws {FaceError} `IO_FAILED`.
 */
export async function writeResultFiles({ json, csv, html }: ResultOptions, forms: ResultForms, session: Session): Promise<void> {
  const files: (readonly [string, string])[] = [
    ...(typeof json === 'string' ? [[json, `${formatJson(forms.document)}\n`] as const] : []),
    ...(csv === undefined ? [] : [[csv, toCsv(forms.csv.columns, forms.csv.rows)] as const]),
    ...(html === undefined ? [] : [[html, forms.html()] as const]),
  ];
  for (const [file, text] of files) await writeTextFile(file, text, session);
}

/**
 * Writes a file that the user named, and says so.
 *
 * @throws {FaceError} `IO_FAILED`.
 */
export async function writeTextFile(file: string, text: string, { resolvePath, signal, note }: Session): Promise<void> {
  await writeFileAtomically(resolvePath(file), new TextEncoder().encode(text), signal);
  note(`Written: ${file}`);
}
