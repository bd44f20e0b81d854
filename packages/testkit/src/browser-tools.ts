/** A real browser and a server for it, driven from Node. */

export { type ChromiumLaunch, type ChromiumOptions, chromiumOptions } from './browser/chromium-options.ts';
export { launchChromium, limitStorage } from './browser/launch-chromium.ts';
export { type FolderServer, type Override, type ServedRequest, type ServeOptions, serveFolder } from './browser/serve-folder.ts';
export { filmPhoto } from './film/pan-clip.ts';
