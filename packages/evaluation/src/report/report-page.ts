/** Reports: one HTML file that needs nothing else. */

import { createHash } from 'node:crypto';
import type { Chart } from './chart.ts';
import { element, Markup } from './markup.ts';
import { PAGE_STYLE } from './page-style.ts';
import { drawChart } from './render-chart.ts';
import { renderTable } from './render-table.ts';
import type { Table } from './table.ts';

/** A report as data. All text is plain text. */
export interface ReportPage {
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** What was measured, with what, when: shown first, in a grid. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** What a reader must know to read the report right. */
  readonly notes?: readonly string[] | undefined;
  readonly sections: readonly ReportSection[];
}

/** A part of a {@link ReportPage}: text, then charts, then tables. */
export interface ReportSection {
  readonly heading: string;
  /** Paragraphs, separated by an empty line. */
  readonly text?: string | undefined;
  readonly charts?: readonly Chart[] | undefined;
  readonly tables?: readonly Table[] | undefined;
}

/** Widths in which charts are drawn: one for a column of the page, one for a phone. In each, text has its size on the screen. */
const CHART_WIDTHS = { wide: 540, narrow: 350 };
/** With fewer sections, a table of contents would be longer than the way. */
const MIN_SECTIONS_FOR_CONTENTS = 4;

// The page may apply this one style sheet and do nothing else: no script, no request, wherever its text comes from.
const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/**
 * Writes a report as one HTML file, which is well-formed XML too. It holds no script and loads nothing, so it can be opened from a disk,
 * sent by mail and served under any content security policy that allows its style sheet. Its look follows the reader's preference
 * for light or dark; printed, it is light.
 *
 * Text may come from outside: it is escaped, and characters that would hide or reorder other text are shown by their code.
 *
 * @throws FaceError `INVALID_OPTION` if a row of a table or heat map has more or fewer cells than there are columns, or a histogram has not one
 * edge more than counts.
 */
export function renderReportPage(page: ReportPage): string {
  const { title, subtitle, facts, notes = [], sections } = page;
  const html = element(
    'html',
    { lang: 'en' },
    element(
      'head',
      {},
      element('meta', { charset: 'utf-8' }),
      element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      element('meta', { name: 'color-scheme', content: 'light dark' }),
      element('meta', { 'http-equiv': 'Content-Security-Policy', content: POLICY }),
      element('title', {}, title),
      element('style', {}, new Markup(PAGE_STYLE)),
    ),
    element(
      'body',
      {},
      element(
        'header',
        {},
        element('h1', {}, title),
        subtitle === undefined ? undefined : element('p', { class: 'subtitle' }, subtitle),
        facts.length === 0 ? undefined : renderFacts(facts),
        notes.length === 0 ? undefined : renderNotes(notes),
        sections.length < MIN_SECTIONS_FOR_CONTENTS ? undefined : renderContents(sections),
      ),
      element('main', {}, sections.map(renderSection)),
    ),
  );
  return `<!DOCTYPE html>\n${html.source}\n`;
}

function renderFacts(facts: ReportPage['facts']): Markup {
  return element(
    'dl',
    { class: 'facts' },
    facts.map(({ label, value }) => element('div', {}, element('dt', {}, label), element('dd', {}, value))),
  );
}

function renderNotes(notes: readonly string[]): Markup {
  return element(
    'aside',
    { class: 'notes', 'aria-labelledby': 'notes' },
    element('h2', { id: 'notes' }, 'To know before reading'),
    element(
      'ul',
      {},
      notes.map((note) => element('li', {}, note)),
    ),
  );
}

function renderContents(sections: readonly ReportSection[]): Markup {
  const links = sections.map(({ heading }, i) => element('li', {}, element('a', { href: `#${sectionId(i)}` }, heading)));
  return element('nav', { 'aria-label': 'Contents' }, element('ol', {}, links));
}

function renderSection({ heading, text, charts = [], tables = [] }: ReportSection, index: number): Markup {
  const id = sectionId(index);
  const paragraphs = (text ?? '').split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '');
  return element(
    'section',
    { 'aria-labelledby': id },
    element('h2', { id }, heading),
    paragraphs.map((paragraph) => element('p', {}, paragraph.trim().replace(/\s*\n\s*/g, ' '))),
    charts.length === 0
      ? undefined
      : element(
          'div',
          { class: charts.length === 1 ? 'charts alone' : 'charts' },
          charts.map((chart, i) => renderFigure(chart, `${id}-chart-${i + 1}`)),
        ),
    tables.map((table, i) => renderTable(table, `${id}-table-${i + 1}`)),
  );
}

/** The chart in both widths; the style sheet shows the one that fits. */
function renderFigure(chart: Chart, id: string): Markup {
  const drawings = Object.entries(CHART_WIDTHS).map(([name, width]) => drawChart(chart, { width, id: `${id}-${name}`, className: name }));
  const description = chart.description === undefined ? undefined : element('span', {}, chart.description);
  return element('figure', {}, element('figcaption', {}, element('strong', {}, chart.title), description), drawings);
}

function sectionId(index: number): string {
  return `section-${index + 1}`;
}
