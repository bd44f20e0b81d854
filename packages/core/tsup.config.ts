import { packageBuild } from '../../tsup.base.ts';

export default packageBuild(
  {
    index: 'src/index.ts',
    evaluation: 'src/evaluation/index.ts',
    gallery: 'src/gallery/index.ts',
    recognizers: 'src/recognizers/index.ts',
  },
  { platform: 'neutral' },
);
