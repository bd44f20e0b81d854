/** `pg` as an application gets it. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Pool, PoolConfig } from 'pg';

const require = createRequire(import.meta.url);

/**
 * The pool, loaded by the names of its files: the test runner tells Node to take ES modules also where CommonJS modules ask for a package, which `pg`
 * does not expect of `pg-pool`.
 */
function createPool(config: PoolConfig): Pool {
  const folder = dirname(createRequire(require.resolve('pg/lib/client.js')).resolve('pg-pool'));
  const PoolClass = require(folder.endsWith('esm') ? join(folder, '../index.js') : folder) as new (
    config: PoolConfig,
    client: unknown,
  ) => Pool;
  return new PoolClass(config, require('pg/lib/client.js'));
}

/** What stands for the class. A constructor that returns an object gives this object. */
export function PgPool(config: PoolConfig): Pool {
  return createPool(config);
}
