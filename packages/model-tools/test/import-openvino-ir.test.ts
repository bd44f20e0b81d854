import { readFileSync } from 'node:fs';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { importModel } from '../src/import-model.ts';
import { inspectModel } from '../src/onnx/inspect-model.ts';
import { importOpenVinoIr } from '../src/openvino/import-openvino-ir.ts';
import { getOutput, loadModel, maxDifference, type RunModel } from './run-model.ts';
import { concatPixels, randomPixels } from './seeded-pixels.ts';

const SIZE = 128;

describe.skipIf(!hasSharedData)('importOpenVinoIr on face-reidentification-retail-0095', () => {
  let converted: Uint8Array;
  let run: RunModel;

  beforeAll(async () => {
    converted = importRetail();
    run = await loadModel(converted);
  });

  it('equals an independent conversion on a batch of noise', async () => {
    const reference = await loadModel(readFileSync(sharedPath('models/face_reid_retail_0095_256d_128.onnx')));
    const pixels = randomPixels(3 * 3 * SIZE * SIZE, 11);
    const expected = getOutput(await reference(pixels, [3, 3, SIZE, SIZE]), 'embedding');
    const actual = getOutput(await run(pixels, [3, 3, SIZE, SIZE]), 'embedding');
    expect(actual.dims).toEqual([3, 256]);
    expect(maxDifference(actual.data, expected.data)).toBeLessThanOrEqual(1e-4);
  });

  it('gives a face the same numbers in a batch as alone', async () => {
    const faces = [1, 2, 3].map((seed) => randomPixels(3 * SIZE * SIZE, seed));
    const together = getOutput(await run(concatPixels(faces), [3, 3, SIZE, SIZE]), 'embedding').data;
    for (const [index, face] of faces.entries()) {
      const alone = getOutput(await run(face, [1, 3, SIZE, SIZE]), 'embedding').data;
      expect(maxDifference(alone, together.subarray(index * 256, (index + 1) * 256))).toBe(0);
    }
  });

  it('keeps the constants in half precision and is deterministic', () => {
    const operators = inspectModel(converted).operators.map(({ operator }) => operator);
    expect(operators).not.toContain('DequantizeLinear');
    expect(converted.length).toBeLessThanOrEqual(2_242_727 * 1.01);
    expect(Buffer.compare(importRetail(), converted)).toBe(0);
  });

  it('refuses weights that are cut off', () => {
    const { xml, bin } = readRetail();
    expect(() => importOpenVinoIr({ xml, bin: bin.subarray(0, bin.length - 1) })).toThrow(
      expect.objectContaining({ code: 'MODEL_INTEGRITY', message: expect.stringMatching(/bytes of weights/) }),
    );
  });
});

describe('importOpenVinoIr', () => {
  it('spreads slopes per channel and reads grouped filters', async () => {
    const bytes = importOpenVinoIr(groupedNetwork());
    const output = getOutput(await (await loadModel(bytes))(Float32Array.of(1, -1, 2, -2), [2, 2, 1, 1]), 'embedding');
    expect(output.dims).toEqual([2, 2]);
    // Filters are 2 and 4, slopes 0.5 and 0.25.
    expect(Array.from(output.data)).toEqual([2, -1, 4, -2]);
  });

  it('writes a single slope as the operator that runtimes compute with the convolution before it', async () => {
    const bytes = importOpenVinoIr(groupedNetwork({ slopes: 1 }));
    const output = getOutput(await (await loadModel(bytes))(Float32Array.of(1, -1, 2, -2), [2, 2, 1, 1]), 'embedding');
    expect(Array.from(output.data)).toEqual([2, -2, 4, -4]);
    expect(inspectModel(bytes).operators.map(({ operator }) => operator)).toEqual(expect.arrayContaining(['Conv', 'LeakyRelu']));
  });

  it.each([
    [
      'an unknown operation',
      network({ layer: '<layer id="1" name="odd" type="NonZero" version="opset3"/>' }),
      'MODEL_UNSUPPORTED',
      /NonZero of layer "odd"/,
    ],
    ['a missing weight', network({ layer: constantLayer('f32') }), 'MODEL_INTEGRITY', /bytes of weights/],
    ['an unknown element type', network({ layer: constantLayer('u4') }), 'MODEL_UNSUPPORTED', /"u4"/],
    ['a missing layer', network({ layer: '' }), 'MODEL_INTEGRITY', /layer 1, which does not exist/],
    [
      'a cycle',
      network({ layer: reluLayer(), edges: '<edge from-layer="1" from-port="0" to-layer="1" to-port="0"/>' }),
      'MODEL_INTEGRITY',
      /cycle/,
    ],
    ['a missing input', network({ layer: reluLayer(), edges: '' }), 'MODEL_INTEGRITY', /has no input 0/],
    ['an old version', network({ layer: reluLayer(), version: '7' }), 'MODEL_UNSUPPORTED', /version 10 or 11, got 7/],
    ['two inputs', network({ layer: reluLayer() + parameterLayer(5) }), 'MODEL_UNSUPPORTED', /one Parameter, got 2/],
    ['text that is no XML', 'garbage', 'MODEL_INTEGRITY', /./],
    ['XML that is cut off', network({ layer: reluLayer() }).slice(0, -20), 'MODEL_INTEGRITY', /not XML/],
    ['XML of another kind', '<svg/>', 'MODEL_INTEGRITY', /root element/],
  ])('refuses %s', (_, xml, code, message) => {
    expect(() => importOpenVinoIr({ xml: encode(xml), bin: new Uint8Array() })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('importModel', () => {
  const files = [encode('<svg/>'), new Uint8Array()];

  it.skipIf(!hasSharedData)('reaches both importers', () => {
    expect(inspectModel(importRetail()).outputs[0]?.dims).toEqual(['N', 256]);
    expect(
      inspectModel(importModel('onnx-dynamic-size', [readFileSync(sharedPath('models/yunet_2023mar_opencv.onnx'))])).outputs,
    ).toHaveLength(12);
  });

  it.each([
    ['openvino-ir', [], 'INVALID_OPTION'],
    ['openvino-ir', [...files, ...files], 'INVALID_OPTION'],
    ['openvino-ir', files, 'MODEL_INTEGRITY'],
    ['onnx-dynamic-size', files, 'INVALID_OPTION'],
    ['onnx-dynamic-size', [encode('garbage')], 'MODEL_INTEGRITY'],
  ] as const)('refuses wrong files for %s', (format, wrong, code) => {
    expect(() => importModel(format, wrong)).toThrow(expect.objectContaining({ code }));
  });
});

function readRetail(): { xml: Uint8Array; bin: Uint8Array } {
  const path = sharedPath('models/openvino-ir/face-reidentification-retail-0095');
  return { xml: readFileSync(`${path}.xml`), bin: readFileSync(`${path}.bin`) };
}

function importRetail(): Uint8Array {
  const { xml, bin } = readRetail();
  return importModel('openvino-ir', [xml, bin]);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function parameterLayer(id: number): string {
  return `<layer id="${id}" name="p${id}" type="Parameter"><data shape="1,2,1,1" element_type="f32"/></layer>`;
}

function reluLayer(): string {
  return '<layer id="1" name="relu" type="ReLU"/>';
}

function constantLayer(elementType: string): string {
  return `<layer id="1" name="c" type="Const"><data element_type="${elementType}" shape="2" offset="0" size="8"/></layer>`;
}

/** Parameter 0 -> layer 1 -> Result 9. */
function network({
  layer,
  edges = '<edge from-layer="0" from-port="0" to-layer="1" to-port="0"/>',
  version = '11',
}: {
  layer: string;
  edges?: string;
  version?: string;
}): string {
  return `<?xml version="1.0"?><net name="test" version="${version}"><layers>${parameterLayer(0)}${layer}${resultLayer()}</layers>
    <edges>${edges}<edge from-layer="1" from-port="0" to-layer="9" to-port="0"/></edges></net>`;
}

function resultLayer(): string {
  return '<layer id="9" name="r" type="Result"><input><port id="0"><dim>1</dim><dim>2</dim><dim>1</dim><dim>1</dim></port></input></layer>';
}

/** prelu(groupConvolution(x)) in IR version 10, where half-precision constants have no conversion beside them. */
function groupedNetwork({ slopes = 2 } = {}): { xml: Uint8Array; bin: Uint8Array } {
  const edge = (from: number, to: number, port: number): string =>
    `<edge from-layer="${from}" from-port="0" to-layer="${to}" to-port="${port}"/>`;
  const constant = (id: number, { shape, offset, size = 4 }: { shape: string; offset: number; size?: number }): string =>
    `<layer id="${id}" name="c${id}" type="Const"><data element_type="f16" shape="${shape}" offset="${offset}" size="${size}"/></layer>`;
  const port = '<input><port id="0"><dim>1</dim><dim>2</dim><dim>1</dim><dim>1</dim></port></input>';
  const layers = [
    '<layer id="4" name="slopes" type="PReLU"><data/>',
    `${port}</layer>`,
    '<layer id="3" name="conv" type="GroupConvolution"><data strides="1,1" dilations="1, 1" pads_begin="0,0" pads_end="0,0"/>',
    `${port}</layer>`,
    parameterLayer(0),
    constant(1, { shape: '2,1,1,1,1', offset: 0 }),
    constant(2, { shape: String(slopes), offset: 4, size: 2 * slopes }),
    resultLayer(),
  ].join('');
  const edges = [edge(0, 3, 0), edge(1, 3, 1), edge(2, 4, 1), edge(3, 4, 0), edge(4, 9, 0)].join('');
  const xml = encode(`<net name="test" version="10"><layers>${layers}</layers><edges>${edges}</edges></net>`);
  // Halves of 2, 4, 0.5 and 0.25, little endian.
  return { xml, bin: Uint8Array.of(0x00, 0x40, 0x00, 0x44, 0x00, 0x38, 0x00, 0x34) };
}
