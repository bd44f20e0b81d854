import {
  blazeface,
  builtinModels,
  builtinPacks,
  definePack,
  faceLandmark68,
  facemesh468,
  getModel,
  getPack,
  minifasnetV2,
  mobilefacenetInsightfaceY1,
  scrfd500mKps,
  starterPack,
  ultrafaceRfb320,
} from '@isoface/models';
import { describe, expect, it } from 'vitest';

describe('packs', () => {
  it('are found by id', () => {
    expect(getPack('starter')).toBe(starterPack);
    expect(builtinPacks.map((pack) => getPack(pack.id))).toEqual(builtinPacks);
  });

  it.each([
    ['startr', 'Did you mean "starter"?'],
    ['STANDARD', 'Did you mean "standard"?'],
    ['buffalo_l', 'definePack'],
    ['', 'definePack'],
    ['x'.repeat(10_000), 'definePack'],
    ['__proto__', 'definePack'],
  ])('the unknown pack %j is refused with the known ones', (id, hint) => {
    expect(() => getPack(id)).toThrow(
      expect.objectContaining({ code: 'PACK_UNKNOWN', message: expect.stringContaining('starter, standard, sface') }),
    );
    expect(() => getPack(id)).toThrow(hint);
  });

  it('are made of single models', () => {
    const pack = definePack({ id: 'mine', detector: scrfd500mKps, embedder: mobilefacenetInsightfaceY1 });
    expect(pack).toMatchObject({
      schemaVersion: 1,
      id: 'mine',
      title: 'SCRFD 500M with keypoints, MobileFaceNet y1, 128-d',
      thresholds: [],
    });
  });

  it('may align by 5 of the 68 landmarks', () => {
    const pack = definePack({ id: 'mine', detector: ultrafaceRfb320, landmarker: faceLandmark68, embedder: mobilefacenetInsightfaceY1 });
    expect(pack.detector).toEqual(ultrafaceRfb320);
  });

  it('may have models of liveness, with their thresholds', () => {
    const livenessThresholds = [
      { kind: 'bpcer', rate: 0.05, threshold: 0.4, ci95: [0.03, 0.08], frames: 1, dataset: 'made up', presentations: 400 },
    ] as const;
    const parts = { id: 'mine', detector: scrfd500mKps, liveness: [minifasnetV2], mesh: facemesh468, livenessThresholds };
    expect(definePack(parts)).toMatchObject({ liveness: [{ id: 'minifasnet-v2' }], mesh: { id: 'facemesh-468' }, livenessThresholds });
  });

  it('of models that do not fit are refused', () => {
    expect(() => definePack({ id: 'mine', detector: ultrafaceRfb320, embedder: mobilefacenetInsightfaceY1 })).toThrow(
      expect.objectContaining({ code: 'MANIFEST_INVALID' }),
    );
  });

  it('ship only models that may be used commercially', () => {
    const models = builtinPacks.flatMap(({ detector, landmarker, embedder, liveness = [], mesh }) => [
      detector,
      landmarker,
      embedder,
      ...liveness,
      mesh,
    ]);
    expect(models.filter((model) => model !== undefined && model.license.commercialUse !== 'allowed')).toEqual([]);
  });
});

describe('models', () => {
  it('are found by id, which is unique', () => {
    expect(getModel('blazeface')).toBe(blazeface);
    expect(new Set(builtinModels.map(({ id }) => id)).size).toBe(builtinModels.length);
    expect(() => getModel('blazface')).toThrow('Did you mean "blazeface"?');
  });

  it('of InsightFace say that commercial use is prohibited', () => {
    for (const model of [scrfd500mKps, mobilefacenetInsightfaceY1]) {
      expect(model.license).toMatchObject({ commercialUse: 'prohibited', notice: expect.stringContaining('non-commercial') });
    }
  });
});
