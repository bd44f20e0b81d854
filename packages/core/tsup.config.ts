import { packageBuild } from '../../tsup.base.ts';

export default packageBuild(
  {
    index: 'src/index.ts',
    evaluation: 'src/evaluation/index.ts',
    gallery: 'src/gallery/index.ts',
    liveness: 'src/liveness/index.ts',
    recognizers: 'src/recognizers/index.ts',
    unlock: 'src/unlock/index.ts',
  },
  { platform: 'neutral' },
);
