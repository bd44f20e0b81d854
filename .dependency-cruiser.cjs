/** Imports point down only: applications, umbrella, runtimes, core. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nothing-else',
      comment: 'core has no platform and no dependency',
      severity: 'error',
      from: { path: '^packages/core/src' },
      to: { pathNot: '^packages/core/src' },
    },
    {
      name: 'models-and-model-tools-know-core-alone',
      severity: 'error',
      from: { path: '^packages/(models|model-tools)/src' },
      to: { path: '^packages/(?!core/|models/|model-tools/)' },
    },
    {
      name: 'postgres-knows-core-alone',
      comment: 'it runs wherever a client of the database runs, browsers among them',
      severity: 'error',
      from: { path: '^packages/postgres/src' },
      to: { path: '^packages/(?!core/|postgres/)' },
    },
    {
      name: 'models-do-not-need-model-tools',
      comment: 'importers reach the model source as an argument',
      severity: 'error',
      from: { path: '^packages/models/src' },
      to: { path: '^packages/model-tools/' },
    },
    {
      name: 'models-and-postgres-run-everywhere',
      severity: 'error',
      from: { path: '^packages/(models|postgres)/src' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'runtimes-know-nothing-above',
      severity: 'error',
      from: { path: '^packages/runtime-(node|web)/src' },
      to: { path: '^(packages/(evaluation|cli|isoface|server|testkit)/|examples/|benchmarks/)' },
    },
    {
      name: 'runtimes-do-not-know-each-other',
      severity: 'error',
      from: { path: '^packages/(runtime-(?:node|web))/src' },
      to: { path: '^packages/runtime-(node|web)/', pathNot: '^packages/$1/' },
    },
    {
      name: 'evaluation-measures-in-node',
      comment: 'commands and benchmarks use it; it knows neither them nor a browser',
      severity: 'error',
      from: { path: '^packages/evaluation/src' },
      to: { path: '^(packages/(?!core/|models/|runtime-node/|evaluation/)|examples/|benchmarks/)' },
    },
    {
      name: 'browser-runtime-without-node',
      severity: 'error',
      from: { path: '^packages/runtime-web/src' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'products-do-not-import-tests',
      severity: 'error',
      from: { path: '^packages/(?!testkit/)[^/]+/src' },
      to: { path: '(^packages/testkit/|/test/)' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/generated/)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@isoface/source', 'import', 'node', 'default', 'types'] },
  },
};
