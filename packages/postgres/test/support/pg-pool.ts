/** The pool of `pg`, as an application gets it. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Pool, PoolConfig } from 'pg';

/**
 * Creates a pool. The test runner tells Node to take the ES modules of packages also where CommonJS modules ask for them, which `pg` does not expect
 * of `pg-pool`: both are loaded by the names of their files.
 */
export function createPool(config: PoolConfig): Pool {
  const require = createRequire(import.meta.url);
  const fromPg = createRequire(require.resolve('pg/lib/client.js'));
  const folder = dirname(fromPg.resolve('pg-pool'));
  const PoolClass = require(folder.endsWith('esm') ? join(folder, '../index.js') : folder) as new (
    config: PoolConfig,
    client: unknown,
  ) => Pool;
  const pool = new PoolClass(config, require('pg/lib/client.js'));
  // Tests end connections on purpose.
  pool.on('error', () => {});
  return pool;
}
