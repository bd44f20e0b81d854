import { create, toBinary } from '@bufbuild/protobuf';
import { isFaceError } from '@isoface/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from '../src/onnx/generated/onnx_pb.ts';
import { inspectModel } from '../src/onnx/inspect-model.ts';
import { type AttributeValue, type createAttribute, readAttribute } from '../src/onnx/onnx-attribute.ts';
import { OnnxGraphBuilder } from '../src/onnx/onnx-graph-builder.ts';
import { createTensor, readTensor, type TensorValues } from '../src/onnx/onnx-tensor.ts';
import { readOnnx } from '../src/onnx/read-onnx.ts';
import { writeOnnx } from '../src/onnx/write-onnx.ts';

const float32 = fc.float({ noNaN: true });
const integer = fc.maxSafeInteger();

const attributeValues: fc.Arbitrary<AttributeValue> = fc.oneof(
  integer.map((int) => ({ int })),
  fc.array(integer).map((ints) => ({ ints })),
  float32.map((float) => ({ float })),
  fc.array(float32).map((floats) => ({ floats })),
  fc.string({ unit: 'grapheme' }).map((string) => ({ string })),
);

const dimensions = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

const tensors = dimensions.chain((dims) => {
  const length = dims.reduce((product, dim) => product * dim, 1);
  const size = { minLength: length, maxLength: length };
  const contents: fc.Arbitrary<TensorValues> = fc.oneof(
    fc.float32Array(size).map((values) => ({ type: 'float32' as const, values })),
    fc.uint16Array(size).map((values) => ({ type: 'float16' as const, values })),
    fc.uint8Array(size).map((values) => ({ type: 'uint8' as const, values })),
    fc.array(integer, size).map((values) => ({ type: 'int64' as const, values })),
  );
  return contents.map((content) => ({ dims, content }));
});

describe('ONNX round trip', () => {
  it('keeps tensors of every element type', () => {
    fc.assert(
      fc.property(tensors, ({ dims, content }) => {
        const graph = new OnnxGraphBuilder('test');
        const name = graph.initializer(dims, content);
        graph.output(graph.node('Identity', [name]), []);
        const [tensor] = readOnnx(graph.build()).graph.initializer;
        expect(tensor && readTensor(tensor)).toEqual({ dims, content });
      }),
    );
  });

  it('keeps attributes of every kind', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), attributeValues), (attributes) => {
        const bytes = smallModel({ attributes });
        const read = readOnnx(bytes).graph.node[0]?.attribute.map((attribute) => [attribute.name, readAttribute(attribute)]);
        expect(read).toEqual(Object.entries(attributes));
      }),
    );
  });

  it('reads values that other writers keep in typed fields', () => {
    const read = (init: Parameters<typeof create<typeof TensorProtoSchema>>[1]) => readTensor(create(TensorProtoSchema, init)).content;
    expect(read({ dims: [2n], dataType: 1, floatData: [1, 2] })).toEqual({ type: 'float32', values: Float32Array.of(1, 2) });
    expect(read({ dims: [2n], dataType: 7, int64Data: [1n, -1n] })).toEqual({ type: 'int64', values: [1, -1] });
    expect(read({ dims: [2n], dataType: 2, int32Data: [1, 255] })).toEqual({ type: 'uint8', values: Uint8Array.of(1, 255) });
    expect(read({ dims: [1n], dataType: 10, int32Data: [0x3c00] })).toEqual({ type: 'float16', values: Uint16Array.of(0x3c00) });
  });

  it('gives the same bytes for the same calls', () => {
    expect(smallModel()).toEqual(smallModel());
    expect(writeOnnx(readOnnx(smallModel()))).toEqual(smallModel());
  });

  it('keeps fields it does not know, in the model and inside', () => {
    const unknown = [{ no: 200, wireType: 2, data: Uint8Array.of(3, 7, 8, 9) }];
    const model = readOnnx(smallModel());
    model.$unknown = unknown;
    model.graph.$unknown = unknown;
    for (const node of model.graph.node) node.$unknown = unknown;
    const again = readOnnx(writeOnnx(readOnnx(writeOnnx(model))));
    expect(again.$unknown).toEqual(unknown);
    expect(again.graph.$unknown).toEqual(unknown);
    expect(again.graph.node.map(({ $unknown }) => $unknown)).toEqual(model.graph.node.map(() => unknown));
  });
});

describe('readOnnx on hostile bytes', () => {
  it('refuses every beginning of a model', () => {
    const bytes = smallModel();
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => readOnnx(bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'MODEL_INTEGRITY' }));
    }
  });

  it('fails with a clear error, or not at all, whatever the bytes', () => {
    const damaged = fc.tuple(fc.nat(smallModel().length - 1), fc.nat(255)).map(([index, value]) => {
      const bytes = smallModel();
      bytes[index] = value;
      return bytes;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
        try {
          inspectModel(bytes);
        } catch (error) {
          expect(isFaceError(error, 'MODEL_INTEGRITY', 'MODEL_UNSUPPORTED')).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['an initializer', graphWithTensor(externalTensor())],
    ['an attribute', modelOf({ attribute: [create(AttributeProtoSchema, { name: 'value', t: externalTensor() })] })],
    ['a list attribute', modelOf({ attribute: [create(AttributeProtoSchema, { tensors: [externalTensor()] })] })],
    [
      'a subgraph',
      modelOf({ attribute: [create(AttributeProtoSchema, { g: create(GraphProtoSchema, { initializer: [externalTensor()] }) })] }),
    ],
    ['a sparse attribute', modelOf({ attribute: [create(AttributeProtoSchema, { sparseTensor: { values: externalTensor() } })] })],
    ['a function', modelOf({ functionNodes: [create(NodeProtoSchema, { attribute: [{ t: externalTensor() }] })] })],
  ])('refuses data in another file, named by %s', (_, bytes) => {
    expect(() => readOnnx(bytes)).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED', message: expect.stringMatching(/another file/) }),
    );
  });

  it.each([
    ['too few bytes', create(TensorProtoSchema, { name: 't', dims: [3n], dataType: 1, rawData: new Uint8Array(8) })],
    ['a negative dimension', create(TensorProtoSchema, { name: 't', dims: [-3n], dataType: 1, rawData: new Uint8Array(8) })],
    ['an absurd dimension', create(TensorProtoSchema, { name: 't', dims: [2n ** 62n], dataType: 1, rawData: new Uint8Array(8) })],
  ])('refuses a tensor with %s', (_, tensor) => {
    expect(() => readOnnx(graphWithTensor(tensor))).toThrow(expect.objectContaining({ code: 'MODEL_INTEGRITY' }));
  });
});

describe('readTensor and readAttribute', () => {
  it('refuse what they do not know', () => {
    const complex = create(TensorProtoSchema, { name: 'z', dims: [1n], dataType: 14, floatData: [1, 2] });
    const missing = create(TensorProtoSchema, { name: 'm', dims: [3n], dataType: 1 });
    expect(() => readTensor(complex)).toThrow(expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }));
    expect(() => readTensor(missing)).toThrow(expect.objectContaining({ code: 'MODEL_INTEGRITY' }));
    expect(() => readAttribute(create(AttributeProtoSchema, { name: 'a' }))).toThrow(
      expect.objectContaining({ code: 'MODEL_UNSUPPORTED' }),
    );
  });
});

describe('OnnxGraphBuilder', () => {
  it.each([
    ['a name that is taken', (graph: OnnxGraphBuilder) => graph.input('x', [1]), /already has a value named "x"/],
    ['an input that does not exist', (graph: OnnxGraphBuilder) => graph.node('Relu', ['z']), /no value named "z"/],
    ['an output that does not exist', (graph: OnnxGraphBuilder) => graph.output('z', [1]), /no value named "z"/],
  ])('refuses %s', (_, act, message) => {
    const graph = new OnnxGraphBuilder('test');
    graph.input('x', [1]);
    expect(() => act(graph)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringMatching(message) }));
  });

  it('refuses constants with too few values', () => {
    expect(() => createTensor('t', [2, 2], { type: 'uint8', values: Uint8Array.of(1) })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('inspectModel', () => {
  it('names inputs, outputs, operators and sizes', () => {
    const bytes = smallModel();
    expect(inspectModel(bytes)).toEqual({
      inputs: [{ name: 'x', elementType: 'float', dims: ['N', 2] }],
      outputs: [{ name: 'y', elementType: 'float', dims: ['N', 2] }],
      operators: [
        { operator: 'Add', count: 1 },
        { operator: 'Relu', count: 1 },
      ],
      opsets: [{ domain: 'ai.onnx', version: 17 }],
      irVersion: 8,
      parameterCount: 2,
      producer: { name: 'isoface', version: '' },
      bytes: bytes.length,
    });
  });
});

/** y = relu(x) + (1, 2) */
function smallModel({ attributes }: { attributes?: Readonly<Record<string, AttributeValue>> } = {}): Uint8Array {
  const graph = new OnnxGraphBuilder('small');
  const rectified = graph.node('Relu', [graph.input('x', ['N', 2])], { attributes, name: 'first' });
  const offsets = graph.initializer([2], { type: 'float32', values: Float32Array.of(1, 2) });
  graph.node('Add', [rectified, offsets], { output: 'y' });
  graph.output('y', ['N', 2]);
  return graph.build();
}

function externalTensor() {
  return create(TensorProtoSchema, {
    name: 'weights',
    dims: [1n],
    dataType: 1,
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [{ key: 'location', value: '../secret' }],
  });
}

function graphWithTensor(tensor: ReturnType<typeof externalTensor>): Uint8Array {
  const model = readOnnx(smallModel());
  model.graph.initializer.push(tensor);
  return writeOnnx(model);
}

function modelOf({
  attribute = [],
  functionNodes = [],
}: {
  attribute?: ReturnType<typeof createAttribute>[];
  functionNodes?: ReturnType<typeof readOnnx>['graph']['node'];
}): Uint8Array {
  const model = readOnnx(smallModel());
  for (const node of model.graph.node) node.attribute.push(...attribute);
  return toBinary(ModelProtoSchema, {
    ...model,
    functions: [{ $typeName: 'onnx.FunctionProto', name: 'f', node: functionNodes, attributeProto: [] }],
  });
}
