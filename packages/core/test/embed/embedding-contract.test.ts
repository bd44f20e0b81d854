import { computeContractId, type EmbedderManifest, type LandmarkerManifest } from '@isoface/core';
import { fakeEmbedder, fakeLandmarker, sha256 } from '@isoface/testkit';
import { describe, expect, it } from 'vitest';

const id = (embedder: EmbedderManifest, landmarker?: LandmarkerManifest): Promise<string> =>
  computeContractId(embedder, landmarker, sha256);

const ibug: EmbedderManifest = { ...fakeEmbedder, alignment: { template: 'dlib-150-33', landmarks: 'ibug68' } };
const region = { x: 1, y: 2, width: 100, height: 90 };

describe('computeContractId', () => {
  it('is pinned: stored embeddings depend on it', async () => {
    expect(await id(fakeEmbedder)).toMatchInlineSnapshot(`"027918dde35a43fd4c081dfe8a309104117fdf66981770bb4342611eab458f46"`);
    expect(await id(ibug, fakeLandmarker)).toMatchInlineSnapshot(`"b807e077aaa4c5367fe5cb9fa2e0d96cfb476bfccefb952077499c42ff2640cb"`);
    expect(await id({ ...fakeEmbedder, alignment: { ...fakeEmbedder.alignment, region } })).toMatchInlineSnapshot(
      `"bb5321a00a394b3641c9fc82b3329af8a5cd826c0dee4c505a4c4db426427ec6"`,
    );
  });

  it.each<[string, EmbedderManifest]>([
    ['the weights', { ...fakeEmbedder, file: { ...fakeEmbedder.file, sha256: '4'.repeat(64) } }],
    ['the dimension', { ...fakeEmbedder, dimension: 13 }],
    ['the template', { ...fakeEmbedder, alignment: { ...fakeEmbedder.alignment, template: 'dlib-150-5' } }],
    ['the landmarks', { ...fakeEmbedder, alignment: { ...fakeEmbedder.alignment, landmarks: 'ibug68' } }],
    ['the region', { ...fakeEmbedder, alignment: { ...fakeEmbedder.alignment, region } }],
    ['the width of the input', { ...fakeEmbedder, input: { ...fakeEmbedder.input, width: 32 } }],
    ['the height of the input', { ...fakeEmbedder, input: { ...fakeEmbedder.input, height: 32 } }],
    ['the colour order', { ...fakeEmbedder, input: { ...fakeEmbedder.input, channelOrder: 'BGR' } }],
    ['the normalisation', { ...fakeEmbedder, normalization: 'none' }],
    ['the metric', { ...fakeEmbedder, metric: 'euclidean' }],
  ])('changes with %s', async (_, changed) => {
    expect(await id(changed)).not.toBe(await id(fakeEmbedder));
  });

  it.each(['x', 'y', 'width', 'height'] as const)('changes with the %s of the region', async (side) => {
    const withRegion = (value: typeof region): EmbedderManifest => ({
      ...fakeEmbedder,
      alignment: { ...fakeEmbedder.alignment, region: value },
    });
    expect(await id(withRegion({ ...region, [side]: region[side] + 1 }))).not.toBe(await id(withRegion(region)));
  });

  it('changes with the landmark model of embedders that are aligned by it', async () => {
    const other = { ...fakeLandmarker, file: { ...fakeLandmarker.file, sha256: '5'.repeat(64) } };
    expect(await id(ibug, other)).not.toBe(await id(ibug, fakeLandmarker));
  });

  it('changes when a landmark model places the five landmarks instead of the detector', async () => {
    expect(await id(fakeEmbedder, fakeLandmarker)).not.toBe(await id(fakeEmbedder));
  });

  it.each<[string, EmbedderManifest]>([
    ['the file name', { ...fakeEmbedder, file: { ...fakeEmbedder.file, name: 'other.onnx' } }],
    ['the URLs', { ...fakeEmbedder, file: { ...fakeEmbedder.file, urls: ['https://example.org/model.onnx'] } }],
    ['the title', { ...fakeEmbedder, title: 'Another title' }],
    ['the model id', { ...fakeEmbedder, id: 'another-id' }],
    ['the origin', { ...fakeEmbedder, origin: 'elsewhere' }],
    ['the licence', { ...fakeEmbedder, license: { spdx: 'Apache-2.0', commercialUse: 'unstated' } }],
    ['the batch', { ...fakeEmbedder, input: { ...fakeEmbedder.input, batch: 'one' } }],
  ])('does not change with %s', async (_, same) => {
    expect(await id(same)).toBe(await id(fakeEmbedder));
  });

  it('hashes ASCII, whatever a manifest says', async () => {
    const seen: Uint8Array[] = [];
    await computeContractId({ ...fakeEmbedder, output: 'é', file: { ...fakeEmbedder.file, sha256: 'é→😀' } }, undefined, async (bytes) => {
      seen.push(bytes);
      return '';
    });
    expect(seen[0]?.every((byte) => byte < 128)).toBe(true);
  });
});
