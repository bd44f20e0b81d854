/** How applications may be type-checked, and which types each of them must see. */

/** One application: its source in `fixtures/types` and what its tsconfig says. */
export interface TypeCase {
  readonly title: string;
  readonly application: 'web' | 'node';
  readonly source: string;
  readonly compilerOptions: Readonly<Record<string, unknown>>;
}

/** Documents and the settings under which their examples must be accepted. */
export interface DocumentCase {
  /** Paths below the repository. */
  readonly documents: readonly string[];
  readonly application: 'web' | 'node';
  readonly compilerOptions: Readonly<Record<string, unknown>>;
}

/** A browser project has no types of Node, and a Node project none of the browser. */
const BROWSER = { lib: ['ES2023', 'DOM'], types: [] };
const NODE = { lib: ['ES2023'], types: ['node'] };
const BUNDLER = { module: 'ESNext', moduleResolution: 'Bundler' };
const NODENEXT = { module: 'NodeNext', moduleResolution: 'NodeNext' };

export const TYPE_CASES: readonly TypeCase[] = [
  { title: 'browser, bundler', application: 'web', source: 'browser.ts', compilerOptions: { ...BROWSER, ...BUNDLER } },
  {
    title: 'browser, nodenext with the condition browser',
    application: 'web',
    source: 'browser.ts',
    compilerOptions: { ...BROWSER, ...NODENEXT, customConditions: ['browser'] },
  },
  { title: 'browser by name, nodenext', application: 'web', source: 'browser-by-name.ts', compilerOptions: { ...BROWSER, ...NODENEXT } },
  { title: 'Node, nodenext', application: 'node', source: 'node.ts', compilerOptions: { ...NODE, ...NODENEXT } },
  {
    title: 'Node, bundler with the condition node',
    application: 'node',
    source: 'node.ts',
    compilerOptions: { ...NODE, ...BUNDLER, customConditions: ['node'] },
  },
  { title: 'Node by name, bundler', application: 'node', source: 'node-by-name.ts', compilerOptions: { ...NODE, ...BUNDLER } },
];

export const DOCUMENT_CASES: readonly DocumentCase[] = [
  {
    documents: ['docs/browser.md', 'docs/unlock.md', 'packages/runtime-web/README.md'],
    application: 'web',
    compilerOptions: { ...BROWSER, ...BUNDLER },
  },
  {
    documents: ['docs/guide.md', 'docs/gallery.md', 'packages/isoface/README.md'],
    application: 'node',
    compilerOptions: { ...NODE, ...NODENEXT },
  },
];
