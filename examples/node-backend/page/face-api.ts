/** The server, as the page sees it: embeddings go out, decisions come back. */

import type { Embedding } from 'isoface';

/** What the server works with. */
export interface ServerContract {
  readonly pack: string;
  readonly contract: string;
  readonly fmr: number;
}

/** Outcome of a verification. */
export interface Verification {
  readonly match: boolean;
  readonly similarity: number;
  readonly threshold: number;
  readonly fmr: number;
}

/** Asks which pack and contract the server has. */
export function fetchContract(): Promise<ServerContract> {
  return send('GET', 'contract');
}

/** Enrols a person from an embedding. */
export function enrol(id: string, embedding: Embedding): Promise<{ readonly isNew: boolean }> {
  return send('POST', `people/${encodeURIComponent(id)}/embeddings`, { embeddings: [toJson(embedding)] });
}

/** Asks whether an embedding is of a person. */
export function verify(id: string, embedding: Embedding): Promise<Verification> {
  return send('POST', 'verify', { id, embedding: toJson(embedding) });
}

/** Removes a person. */
export function forget(id: string): Promise<unknown> {
  return send('DELETE', `people/${encodeURIComponent(id)}`);
}

/** The bytes of the numbers in base64, and what they mean. */
function toJson({ vector, contract }: Embedding): { readonly vector: string; readonly contract: string } {
  const view = new DataView(new ArrayBuffer(4 * vector.length));
  for (const [i, value] of vector.entries()) view.setFloat32(4 * i, value, true);
  return { vector: btoa(String.fromCharCode(...new Uint8Array(view.buffer))), contract };
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`v1/${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined as T;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error?.message ?? `The server answered with ${response.status}.`);
  return answer;
}
