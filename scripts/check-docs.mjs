// Every name that a package exports must have a doc comment: that comment is the reference which users see in their editor.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const packages = ['core', 'models', 'model-tools', 'runtime-node', 'runtime-web', 'postgres', 'evaluation'];
const umbrella = ['browser', 'node'].map((name) => join(root, `packages/isoface/src/${name}.ts`));
const parts = ['evaluation', 'gallery', 'liveness', 'recognizers', 'unlock'].map((name) =>
  join(root, `packages/core/src/${name}/index.ts`),
);
const entries = [...packages.map((name) => join(root, `packages/${name}/src/index.ts`)), ...umbrella, ...parts];
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram(entries, options);
const checker = program.getTypeChecker();

const missing = entries.flatMap((entry) => {
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) return [`${entry}: no exports found`];
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter((symbol) => symbol.getDocumentationComment(checker).length === 0)
    .map((symbol) => `${entry.slice(root.length + 1)}: ${symbol.name} has no doc comment`);
});

for (const line of new Set(missing)) console.error(line);
process.exitCode = missing.length === 0 ? 0 : 1;
