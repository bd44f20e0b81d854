import { packageBuild } from '../../tsup.base.ts';

export default packageBuild({
  index: 'src/index.ts',
  'engine-worker': 'src/pool/engine-worker.ts',
  'search-worker': 'src/gallery/search-worker.ts',
});
