/** An engine with passive liveness models, for the length of one command. */

import { FaceError } from '@isoface/core';
import { type NodeFaceEngine, resolvePack } from '@isoface/runtime-node';
import { type EngineCliOptions, toEngineOptions } from '../engine/engine-options.ts';
import { withEngine } from '../engine/with-engine.ts';
import type { Session } from '../session.ts';

/** The pack of those who name none: `starter`, that of the other commands, has no passive models. */
export const LIVENESS_PACK = 'standard';

/**
 * Creates the engine, gives it to `use` and disposes it, whatever happens.
 *
 * @throws {FaceError} `INVALID_OPTION` for a pack without passive models, and for `--flip`; `MODEL_NOT_FOUND` if they are not here.
 */
export async function withLivenessEngine<T>(
  options: EngineCliOptions,
  session: Session,
  use: (engine: NodeFaceEngine) => Promise<T>,
): Promise<T> {
  if (options.flip) {
    throw new FaceError('INVALID_OPTION', 'Expected no --flip: it averages embeddings, and liveness makes none.', { option: 'flip' });
  }
  const { id, liveness: models = [], mesh } = resolvePack((await toEngineOptions(options, session)).pack);
  if (models.length === 0) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected a pack with passive liveness models, got "${id}", which has none; take --pack ${LIVENESS_PACK}.`,
      { pack: id },
    );
  }
  // `required` asks for the face mesh too, which a pack may lack and nobody needs here.
  return withEngine(options, session, (engine) => use(assertPassive(engine)), { liveness: mesh === undefined ? 'auto' : 'required' });
}

function assertPassive(engine: NodeFaceEngine): NodeFaceEngine {
  const { liveness, pack, warnings } = engine.info;
  if (liveness.passive.length > 0) return engine;
  throw new FaceError('MODEL_NOT_FOUND', `Expected the passive liveness models of pack "${pack}". ${warnings.join(' ')}`, { pack });
}
