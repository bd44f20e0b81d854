import { packageBuild } from '../../tsup.base.ts';

/** Two small files; a chunk for what they share would only carry a name that changes. */
export default packageBuild({ node: 'src/node.ts', browser: 'src/browser.ts' }, { platform: 'neutral', splitting: false });
