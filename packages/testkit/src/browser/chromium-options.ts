/** How the Chromium of the tests is started. */

import { findChromium } from '../../../../scripts/find-chromium.mjs';

/** What the browser can do beyond showing pages. */
export interface ChromiumOptions {
  /** WebGPU in software, also for video frames; slow, but the same everywhere. @defaultValue false */
  readonly webgpu?: boolean | undefined;
  /** An `.mjpeg` or `.y4m` file that every page is given as its camera, without asking. @defaultValue undefined: no camera */
  readonly camera?: string | undefined;
  /** Further flags. `--enable-features` is not among them: Chromium heeds only the last one. */
  readonly args?: readonly string[] | undefined;
}

/** The part of Playwright's launch options that is ours. */
export interface ChromiumLaunch {
  /** Missing when no Chromium was found: Playwright then tries its own and says what to do. */
  readonly executablePath?: string;
  readonly headless: true;
  readonly args: string[];
}

/** Root may not use the sandbox, and nothing may reach for the network. */
const BASE = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Without the last three, a `VideoFrame` that is imported to the GPU kills the GPU process. */
const WEBGPU = ['--enable-unsafe-webgpu', '--use-angle=swiftshader', '--use-vulkan=swiftshader', '--enable-features=Vulkan'];

/** Options for `chromium.launch` and `chromium.launchPersistentContext`. */
export function chromiumOptions({ webgpu = false, camera, args = [] }: ChromiumOptions = {}): ChromiumLaunch {
  const executablePath = findChromium();
  const devices =
    camera === undefined
      ? []
      : ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${camera}`];
  return {
    ...(executablePath === undefined ? {} : { executablePath }),
    headless: true,
    args: [...BASE, ...(webgpu ? WEBGPU : []), ...devices, ...args],
  };
}
