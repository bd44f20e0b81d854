/** Entry of a process with one contender: what others load, allocate and compile is in none of its figures. */

import { encodeError, FaceError, type RgbaImage } from '@isoface/core';
import { cpuNow } from '../../statistics.ts';
import type { ChildCalls, ChildReply, ChildRequest, NodeContenderStart } from './node/child-call.ts';
import type { ContenderInNode } from './node/contender-in-node.ts';

type Handlers = { readonly [K in keyof ChildCalls]: (value: never) => Promise<ReturnType<ChildCalls[K]>> };

let contender: ContenderInNode | undefined;
const pictures = new Map<string, RgbaImage>();

const handlers: Handlers = {
  async open(start: NodeContenderStart) {
    contender = await openContender(start);
  },
  async load({ name, image }: { readonly name: string; readonly image: RgbaImage }) {
    pictures.set(name, image);
  },
  async analyze(name: string) {
    const { prepare, analyze, release } = opened();
    const image = pictures.get(name);
    if (image === undefined) throw new FaceError('INVALID_OPTION', `Expected a picture that was loaded, got "${name}".`);
    const input = prepare(image);
    try {
      const startedCpu = cpuNow();
      const started = performance.now();
      const faces = await analyze(input);
      return { faces, wallMs: performance.now() - started, cpuMs: cpuNow() - startedCpu };
    } finally {
      release(input);
    }
  },
  describe: async () => opened().describe(),
  usage: async () => ({ cpuMs: cpuNow(), resident: process.memoryUsage.rss() }),
};

function opened(): ContenderInNode {
  if (contender !== undefined) return contender;
  throw new FaceError('INVALID_OPTION', 'Expected a contender to be opened first.');
}

/** Only the library that is measured is loaded. */
async function openContender(start: NodeContenderStart): Promise<ContenderInNode> {
  switch (start.kind) {
    case 'isoface':
      return (await (await import('./node/isoface-in-node.ts')).openIsoface(start)) as ContenderInNode;
    case 'human':
      return (await (await import('./node/human-in-node.ts')).openHuman(start)) as ContenderInNode;
    case 'face-api':
      return (await (await import('./node/face-api-in-node.ts')).openFaceApi(start)) as ContenderInNode;
  }
}

const send = (reply: ChildReply): void => void process.send?.(reply);

process.on('message', ({ id, name, value }: ChildRequest) => {
  handlers[name](value as never).then(
    (result) => send({ id, value: result }),
    (error: unknown) => send({ id, error: encodeError(error) }),
  );
});
// The suite ends this process; a Ctrl-C that reaches it first would look like a crash.
process.on('SIGINT', () => {});
process.once('disconnect', () => process.exit());
