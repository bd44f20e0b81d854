/** A small part of LFW as a folder per person, found by its own list of pairs. */

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sharedPath } from '@isoface/testkit/node';

export interface CopiedPeople {
  /** Names of those with two photos. */
  readonly people: readonly string[];
  /** Rows of a table of pairs: for each of them one genuine and one impostor pair. */
  readonly pairs: readonly string[];
}

/** Copies two photos each of `known` people and one each of `strangers` others. */
export async function copyPeople(folder: string, known: number, strangers: number): Promise<CopiedPeople> {
  const rows = (await readFile(sharedPath('data/lfw/pairs.txt'), 'utf8'))
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split('\t'));
  const copy = async (name: string, number: string): Promise<string> => {
    const file = `${name}_${number.padStart(4, '0')}.jpg`;
    await mkdir(join(folder, name), { recursive: true });
    await copyFile(sharedPath('data/lfw/images', name, file), join(folder, name, file));
    return `${name}/${file}`;
  };
  const genuine = firstOfEach(rows.filter(({ length }) => length === 3)).slice(0, known);
  const copied = await Promise.all(genuine.map(([name = '', a = '', b = '']) => Promise.all([copy(name, a), copy(name, b)])));
  const people = genuine.map(([name = '']) => name);
  const others = firstOfEach(rows.filter(({ length }) => length === 4)).filter(([name = '']) => !people.includes(name));
  await Promise.all(others.slice(0, strangers).map(([name = '', number = '']) => copy(name, number)));
  const pairs = copied.flatMap(([a, b], i) => [`1\t${a}\t${b}`, `0\t${a}\t${copied[(i + 1) % copied.length]?.[1]}`]);
  return { people, pairs };
}

function firstOfEach(rows: readonly string[][]): string[][] {
  return [...new Map(rows.toReversed().map((row) => [row[0], row])).values()].toReversed();
}
