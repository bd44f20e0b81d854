/** Element types of the values of a graph, as far as this package must tell float32 from the rest. */

import { TensorProto_DataType as DataType, type GraphProto, type NodeProto } from '../onnx/generated/onnx_pb.ts';
import { readInt } from './node-attributes.ts';

/** Operators whose results have a type of their own, whatever they read. */
const FIXED_TYPES: ReadonlyMap<string, DataType> = new Map([
  ['ArgMax', DataType.INT64],
  ['ArgMin', DataType.INT64],
  ['ConstantOfShape', DataType.FLOAT],
  ['Equal', DataType.BOOL],
  ['Greater', DataType.BOOL],
  ['GreaterOrEqual', DataType.BOOL],
  ['IsInf', DataType.BOOL],
  ['IsNaN', DataType.BOOL],
  ['Less', DataType.BOOL],
  ['LessOrEqual', DataType.BOOL],
  ['NonMaxSuppression', DataType.INT64],
  ['NonZero', DataType.INT64],
  ['Shape', DataType.INT64],
  ['Size', DataType.INT64],
]);

/** Element type by value name. Operators that are not known give what they read first. */
export function inferValueTypes(graph: GraphProto): ReadonlyMap<string, DataType> {
  const types = new Map<string, DataType>();
  for (const { name, type } of graph.input) types.set(name, type?.tensorType?.elemType ?? DataType.UNDEFINED);
  for (const { name, dataType } of graph.initializer) types.set(name, dataType);
  for (const node of graph.node) {
    const type = inferType(node, types);
    node.output.forEach((output, index) => {
      types.set(output, isIndexOutput(node, index) ? DataType.INT64 : type);
    });
  }
  return types;
}

function inferType(node: NodeProto, types: ReadonlyMap<string, DataType>): DataType {
  const first = types.get(node.input[0] ?? '') ?? DataType.UNDEFINED;
  switch (node.opType) {
    case 'Cast':
      return readInt(node, 'to', DataType.UNDEFINED);
    case 'Constant':
      return node.attribute.find(({ name }) => name === 'value')?.t?.dataType ?? DataType.UNDEFINED;
    case 'ConstantOfShape':
      return node.attribute.find(({ name }) => name === 'value')?.t?.dataType ?? DataType.FLOAT;
    case 'DequantizeLinear':
    case 'Where':
      return types.get(node.input[1] ?? '') ?? DataType.UNDEFINED;
    case 'QuantizeLinear':
      return types.get(node.input[2] ?? '') ?? DataType.UINT8;
    default:
      return FIXED_TYPES.get(node.opType) ?? first;
  }
}

/** Second results that are positions. */
function isIndexOutput({ opType }: NodeProto, index: number): boolean {
  return index === 1 && (opType === 'TopK' || opType === 'MaxPool');
}
