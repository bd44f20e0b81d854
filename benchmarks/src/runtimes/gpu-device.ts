/** Whether this machine has a GPU, or emulates one. */

import { readdirSync } from 'node:fs';

/** What the machine is asked; replaced in tests. */
export interface GpuQuestions {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Names in a folder; none where it cannot be read. */
  list(folder: string): readonly string[];
}

/** Vulkan drivers that compute on the CPU. */
const SOFTWARE_DRIVER = /swiftshader|lavapipe|lvp_icd|llvmpipe/i;

const thisMachine: GpuQuestions = {
  platform: process.platform,
  env: process.env,
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
};

/** Whether there is a GPU that programs can open. Systems other than Linux do not show it as a file: there one is assumed. */
export function hasGpuDevice({ platform, list }: GpuQuestions = thisMachine): boolean {
  if (platform !== 'linux') return true;
  return list('/dev/dri').some((name) => name.startsWith('renderD')) || list('/dev').some((name) => /^nvidia\d+$|^dxg$/.test(name));
}

/** Whether WebGPU in Node, where it starts, is an emulation. */
export function isNodeGpuSoftware(machine: GpuQuestions = thisMachine): boolean {
  const { VK_ICD_FILENAMES, VK_DRIVER_FILES } = machine.env;
  return SOFTWARE_DRIVER.test(`${VK_ICD_FILENAMES ?? ''} ${VK_DRIVER_FILES ?? ''}`) || !hasGpuDevice(machine);
}
