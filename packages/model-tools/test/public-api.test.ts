import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildStarterModels } from '../src/build-starter.ts';
import * as index from '../src/index.ts';
import { faceApiDir, humanDir } from './original-packages.ts';

describe('@isoface/model-tools', () => {
  it('exports what it promises', () => {
    expect(Object.keys(index).sort()).toEqual([
      'ONNX_IR_VERSION',
      'ONNX_OPSET',
      'OnnxGraphBuilder',
      'collectActivationRanges',
      'findSensitiveNodes',
      'importBlazeface',
      'importFaceLandmark68',
      'importFaceRecognition',
      'importFacemesh',
      'importModel',
      'importOpenVinoIr',
      'importTfjsGraphModel',
      'inspectModel',
      'makeInputSizeDynamic',
      'quantizeToInt8',
      'readOnnx',
      'toFloat16',
      'toFloat16Stored',
      'writeOnnx',
    ]);
  });
});

describe('buildStarterModels', () => {
  it('makes exactly the files that the models package expects', () => {
    const expected: unknown = JSON.parse(readFileSync(new URL('../../models/src/starter-files.json', import.meta.url), 'utf8'));
    const built = buildStarterModels({ faceApiDir, humanDir }).map(({ name, bytes }) => [
      name.replace('.onnx', ''),
      { name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
    ]);
    expect(Object.fromEntries(built)).toEqual(expected);
  });

  it('says which file is missing', () => {
    expect(() => buildStarterModels({ faceApiDir: '/nowhere', humanDir })).toThrow(expect.objectContaining({ code: 'IO_FAILED' }));
  });
});
