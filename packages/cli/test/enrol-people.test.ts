/** The order of work of `isoface enrol --from`, with a gallery that takes notes instead of looking at photos. */

import type { EnrolOptions, EnrolResult, Gallery, Identity } from '@isoface/core/gallery';
import type { NodeImageInput } from '@isoface/runtime-node';
import { expect, it } from 'vitest';
import { enrolPeople, type PersonOutcome } from '../src/gallery/enrol-people.ts';

/** Photos named `bad…` show no face. Each person takes one turn of the event loop. */
function createNotes() {
  const people = new Map<string, string[]>();
  const calls: { id: string; sources: string[] }[] = [];
  let photosUnderWay = 0;
  let most = 0;
  let failAfter = Number.POSITIVE_INFINITY;
  const gallery: Pick<Gallery<NodeImageInput>, 'get' | 'enrol'> = {
    async get(id) {
      const sources = people.get(id);
      if (sources === undefined) return undefined;
      const templates = sources.map((source, i) => ({ id: i + 1, createdAtMs: 0, photos: 1, source, flipAveraging: false }));
      return { id, metadata: {}, createdAtMs: 0, updatedAtMs: 0, templates } satisfies Identity;
    },
    async enrol(id, photos, { signal, existing }: EnrolOptions = {}): Promise<EnrolResult> {
      const sources = (photos as readonly { readonly source: string }[]).map(({ source }) => source);
      calls.push({ id, sources });
      photosUnderWay += sources.length;
      most = Math.max(most, photosUnderWay);
      await new Promise(setImmediate);
      photosUnderWay -= sources.length;
      signal?.throwIfAborted();
      if (calls.length > failAfter) throw new Error('The disk is full.');
      const good = sources.filter((source) => !source.includes('bad'));
      const outcomes = sources.map((source, index) =>
        good.includes(source)
          ? ({ index, source, status: 'used', template: 1 } as const)
          : ({ index, source, status: 'rejected', reason: 'noFace', message: 'No face was found.' } as const),
      );
      if (good.length === 0) return { status: 'refused', id, reason: 'noUsablePhoto', message: 'None.', photos: outcomes, duplicates: [] };
      const before = people.get(id);
      people.set(id, existing === 'replace' ? good : [...(before ?? []), ...good]);
      return { status: 'enrolled', id, isNew: before === undefined, templates: [1], photos: outcomes, duplicates: [] };
    },
  };
  return {
    gallery: gallery as Gallery<NodeImageInput>,
    people,
    calls,
    most: () => most,
    failAfter: (count: number): void => {
      failAfter = count;
    },
  };
}

function createPeople(count: number, photos: readonly string[]) {
  return Array.from({ length: count }, (_, i) => ({
    id: `person ${i}`,
    photos: photos.map((name) => ({ path: `/photos/${i}/${name}`, source: `${i}/${name}` })),
  }));
}

async function enrolAll(
  notes: ReturnType<typeof createNotes>,
  people: ReturnType<typeof createPeople>,
  options: EnrolOptions = {},
  onOutcome: (outcome: PersonOutcome) => void = () => {},
): Promise<PersonOutcome[]> {
  const outcomes: PersonOutcome[] = [];
  await enrolPeople(notes.gallery, people, {
    signal: new AbortController().signal,
    ...options,
    onOutcome(outcome) {
      outcomes.push(outcome);
      onOutcome(outcome);
    },
  } as Parameters<typeof enrolPeople>[2]);
  return outcomes;
}

it('keeps several people under way, but not all of them', async () => {
  const notes = createNotes();
  expect(await enrolAll(notes, createPeople(100, ['1', '2']))).toHaveLength(100);
  expect(notes.people.size).toBe(100);
  expect(notes.most()).toBeGreaterThanOrEqual(16);
  expect(notes.most()).toBeLessThanOrEqual(34);
});

it('looks only at what is not enrolled when it is run again', async () => {
  const notes = createNotes();
  const people = [...createPeople(3, ['1', 'bad', '2']), { id: 'nobody', photos: [{ path: '/bad', source: 'bad' }] }];
  const first = await enrolAll(notes, people);
  expect(first.map(({ status, used, unused }) => [status, used, unused.length])).toEqual([
    ['enrolled', 2, 1],
    ['enrolled', 2, 1],
    ['enrolled', 2, 1],
    ['refused', 0, 1],
  ]);
  notes.calls.length = 0;
  const again = await enrolAll(notes, people);
  expect(notes.calls.map(({ sources }) => sources)).toEqual([['0/bad'], ['1/bad'], ['2/bad'], ['bad']]);
  // Whatever was rejected is reported again, and nobody who is enrolled counts as refused.
  expect(again.map(({ status, used, skipped, unused }) => [status, used, skipped, unused.length])).toEqual([
    ['present', 0, 2, 1],
    ['present', 0, 2, 1],
    ['present', 0, 2, 1],
    ['refused', 0, 0, 1],
  ]);
  expect(notes.people.get('person 0')).toEqual(['0/1', '0/2']);
});

it.each([
  ['add', {}, [['0/3']]],
  ['replace', { existing: 'replace' as const }, [['0/1', '0/2', '0/3']]],
  ['fused', { templates: 'fused' as const }, []],
])('takes a further photo of somebody who is there: %s', async (_, options, looked) => {
  const notes = createNotes();
  await enrolAll(notes, createPeople(1, ['1', '2']));
  notes.calls.length = 0;
  await enrolAll(notes, createPeople(1, ['1', '2', '3']), options);
  expect(notes.calls.map(({ sources }) => sources)).toEqual(looked);
});

it('stops when it is interrupted, keeps what is done, and goes on from there', async () => {
  const notes = createNotes();
  const controller = new AbortController();
  const people = createPeople(200, ['1']);
  const reason = new Error('Ctrl-C');
  const done: string[] = [];
  const interrupted = enrolAll(notes, people, { signal: controller.signal }, ({ id }) => {
    done.push(id);
    if (done.length === 40) controller.abort(reason);
  });
  await expect(interrupted).rejects.toBe(reason);
  expect(notes.people.size).toBeLessThan(200);
  expect([...notes.people.keys()]).toEqual(expect.arrayContaining(done));
  const calls = notes.calls.length;
  await new Promise(setImmediate);
  expect(notes.calls.length).toBe(calls);

  const kept = notes.people.size;
  notes.calls.length = 0;
  await enrolAll(notes, people);
  expect(notes.people.size).toBe(200);
  expect(notes.calls).toHaveLength(200 - kept);
});

it('stops at an error that is not about one photo, after the people under way have settled', async () => {
  const notes = createNotes();
  notes.failAfter(50);
  await expect(enrolAll(notes, createPeople(200, ['1']))).rejects.toThrow('The disk is full.');
  expect(notes.calls.length).toBeLessThan(120);
});
