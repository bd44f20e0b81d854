import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComparedPhotos } from '../src/compare-photos.ts';
import { runDemo } from '../src/run-demo.ts';

describe('photo demo', () => {
  let folder: string;
  let compared: ComparedPhotos;
  let text = '';
  let report = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-demo-'));
    compared = await runDemo({
      outDirectory: folder,
      print: (line) => {
        text += `${line}\n`;
      },
      showProgress: () => {},
    });
    report = await readFile(join(folder, 'report.html'), 'utf8');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('finds every face that shows', () => {
    const counts = compared.photos.map(({ name, analysis }) => `${name}: ${analysis.faces.length}`);
    expect(counts).toEqual(['sample1: 3', 'sample2: 3', 'sample3: 3', 'sample4: 4', 'sample5: 5', 'sample6: 4']);
  });

  it('recognizes the woman on the right of the first photo in the middle of the third', () => {
    const [best] = compared.pairs;
    const pair = [best?.a, best?.b].map((index) => compared.faces[index ?? -1]);
    expect(pair.map((face) => face?.label)).toEqual(['sample1 #2', 'sample3 #2']);
    expect(compared.decision.fmr).toBe(1e-4);
    expect(compared.matches).toEqual([best]);
    expect(pair.map((face) => face?.person)).toEqual([0, 0]);
    expect(pair[0]?.face.box.x).toBeGreaterThan(1400);
    expect(pair[1]?.face.box.x).toBeGreaterThan(900);
  });

  it('prints matches, stage times and what to try next', () => {
    expect(text).toMatch(/sample1 #2 +sample3 #2 +0\.9\d{3}/);
    for (const stage of ['decode', 'preprocess', 'detect', 'align', 'embed', 'match']) expect(text).toContain(stage);
    expect(text).toContain('npm run -s isoface -- verify a.jpg b.jpg');
  });

  it('writes the report and one picture per photo', async () => {
    const pictures = compared.photos.map(({ name }) => `${name}.faces.jpg`);
    expect((await readdir(folder)).sort()).toEqual(['report.html', ...pictures].sort());
  });

  it('writes a report that asks nobody for anything', () => {
    expect(report).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(report).not.toMatch(/https?:\/\//);
    expect(report).not.toContain('<script');
  });

  it('writes a report that can be read without seeing', () => {
    expect(report).toContain('<html lang="en">');
    for (const image of report.match(/<img [^>]*>/g) ?? []) expect(image).toMatch(/ alt="[^"]+"/);
    for (const head of report.match(/<th[ >][^>]*/g) ?? []) expect(head).toMatch(/scope="(?:row|col)"/);
  });
});
