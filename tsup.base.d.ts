/** How every package of the workspace is built: ESM for Node 20 and current browsers; types only when ISOFACE_TYPES=1, for they take long. */
import { defineConfig, type Options } from 'tsup';
export declare function packageBuild(entry: readonly string[] | Record<string, string>, options?: Options): ReturnType<typeof defineConfig>;
