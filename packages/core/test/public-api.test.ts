import * as core from '@isoface/core';
import * as evaluation from '@isoface/core/evaluation';
import * as recognizers from '@isoface/core/recognizers';
import { expect, it } from 'vitest';

it('exports exactly this', () => {
  expect(Object.keys(core).sort()).toMatchInlineSnapshot(`
    [
      "ALIGNMENT_TEMPLATES",
      "DEFAULT_FMR",
      "FACE_ERROR_CODES",
      "FaceError",
      "RESIZE_CONVENTION_VERSION",
      "addTimings",
      "answerRequest",
      "asHostTensor",
      "assertInputShape",
      "assertRgbaImage",
      "compareEmbeddings",
      "composeAffine",
      "composeEngine",
      "computeAlignment",
      "computeAxisTaps",
      "computeChannelLayout",
      "computeContractId",
      "computeCosineSimilarity",
      "computeEuclideanDistance",
      "computeFit",
      "computeIou",
      "computeQuality",
      "computeShrinkFactor",
      "computeUprightCrop",
      "countSamples",
      "createBestPreprocessor",
      "createCpuPreprocessor",
      "createFaceEngine",
      "createSimdPreprocessor",
      "decodeBlazeface",
      "decodeIbug68",
      "decodeScrfd",
      "decodeUltraface",
      "decodeYunet",
      "disposedError",
      "drawSelfTestFace",
      "encodeError",
      "estimatePose",
      "estimateSimilarity",
      "inputDims",
      "invertAffine",
      "isEmbedding",
      "isFaceError",
      "isRgbaImage",
      "nonMaximumSuppression",
      "readTensor",
      "reportQuietly",
      "requireHostImage",
      "reviveError",
      "selectProminentFace",
      "selectThreshold",
      "shrinkImage",
      "toEngineCalls",
      "toFiveLandmarks",
      "toLuminance",
      "toUnitVector",
      "transformPoints",
    ]
  `);
});

it('exports exactly this from its entry evaluation', () => {
  expect(Object.keys(evaluation).sort()).toMatchInlineSnapshot();
});

it('exports exactly this from its entry recognizers', () => {
  expect(Object.keys(recognizers).sort()).toMatchInlineSnapshot();
});
