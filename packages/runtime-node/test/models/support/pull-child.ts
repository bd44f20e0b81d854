/** Program of a child process: pulls one model into a cache and prints what it got as JSON. */

import { ultrafaceRfb320 } from '@isoface/models';
import { createNodeModelSource } from '../../../src/models/node-model-source.ts';
import { sha256 } from '../../../src/models/sha256.ts';

// With a limited file size the system sends this signal, whose default is to end the process.
process.on('SIGXFSZ', () => {});

const { file, cacheDir } = JSON.parse(process.argv[2] ?? '{}');
const warnings: string[] = [];
const source = createNodeModelSource({ cacheDir, modelsDir: '', onWarning: ({ code, message }) => warnings.push(`${code}: ${message}`) });
const bytes = await source.load({ ...ultrafaceRfb320, id: 'test-model', file });
console.log(JSON.stringify({ sha256: await sha256(bytes), warnings }));
