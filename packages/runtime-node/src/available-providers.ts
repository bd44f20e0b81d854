/** Which execution providers are worth a try on this machine: what `auto` looks at before it starts one. */

import { readdirSync } from 'node:fs';
import { listBundledProviders, type NodeExecutionProvider } from './ort-node-backend.ts';

/**
 * Why a provider cannot work here, or `undefined` if it may. Asked before a provider is started under `auto`, because a start that fails makes
 * native libraries print to standard error. A software renderer is no reason to leave the CPU provider: without a GPU device none is tried.
 */
export async function findObstacle(provider: NodeExecutionProvider): Promise<string | undefined> {
  if (provider === 'cpu') return undefined;
  const bundled = await listBundledProviders();
  if (!bundled.some(({ name }) => name === provider)) return 'not in this build of ONNX Runtime';
  if (process.platform === 'linux' && !hasGpuDevice()) return 'no GPU device in /dev';
  return undefined;
}

function hasGpuDevice(): boolean {
  const names = (directory: string): string[] => {
    try {
      return readdirSync(directory);
    } catch {
      return [];
    }
  };
  return names('/dev/dri').some((name) => name.startsWith('renderD')) || names('/dev').some((name) => /^nvidia\d+$|^dxg$/.test(name));
}
