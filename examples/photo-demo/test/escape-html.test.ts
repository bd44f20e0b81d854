import { expect, it } from 'vitest';
import { escapeHtml } from '../src/report/escape-html.ts';

it('leaves no character that HTML could take for markup', () => {
  expect(escapeHtml(`<a href="x" title='y'>&</a>`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;');
});
