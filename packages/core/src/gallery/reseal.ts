/** From one protection to another. */

import type { StoredIdentity } from '../ports/gallery-store.ts';
import type { Protection } from './protection/protection.ts';
import type { Records } from './records.ts';

/** A codec and its protection. */
export interface Side {
  readonly records: Records;
  readonly protection: Protection;
}

/** Takes people out of one protection and puts them into another. */
export async function* reseal(identities: AsyncIterable<StoredIdentity>, from: Side, to: Side): AsyncGenerator<StoredIdentity> {
  for await (const identity of identities) yield await resealOne(identity, from, to);
}

/** {@link reseal} for one person. */
export async function resealOne(identity: StoredIdentity, from: Side, to: Side): Promise<StoredIdentity> {
  const { id } = identity;
  const templates = await Promise.all(
    identity.templates.map(async (template) => {
      const vector = to.protection.transform(from.protection.restore(await from.records.openVector(id, template)));
      return to.records.sealTemplate(id, template.id, vector, await from.records.openTemplateFacts(id, template));
    }),
  );
  return to.records.sealIdentity(id, await from.records.openFacts(identity), templates);
}
