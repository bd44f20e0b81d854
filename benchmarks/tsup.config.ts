import { packageBuild } from '../tsup.base.ts';

export default packageBuild(
  {
    main: 'src/main.ts',
    'peers-child': 'src/suites/peers/peers-child.ts',
    'memory-child': 'src/suites/memory/memory-child.ts',
    'search-child': 'src/suites/search/search-child.ts',
    'load-child': 'src/suites/concurrency/load-child.ts',
    'node-start-child': 'src/runtimes/node-start-child.ts',
    'postgres-recall': 'src/postgres-recall.ts',
  },
  // Not a dependency of the benchmarks, but found in the workspace's own.
  { dts: false, external: ['@isoface/postgres'] },
);
