/** Reads and writes ONNX and makes ONNX models from the formats in which face networks are published. */

export { importModel } from './import-model.ts';
export type { PixelNormalization } from './onnx/add-normalization.ts';
export { inspectModel, type ModelSummary, type ModelValue } from './onnx/inspect-model.ts';
export { makeInputSizeDynamic } from './onnx/make-input-size-dynamic.ts';
export type { AttributeValue } from './onnx/onnx-attribute.ts';
export { type NodeOptions, ONNX_IR_VERSION, ONNX_OPSET, OnnxGraphBuilder } from './onnx/onnx-graph-builder.ts';
export type { TensorElementType, TensorValues } from './onnx/onnx-tensor.ts';
export type { Dimension } from './onnx/onnx-value-info.ts';
export { type OnnxModel, readOnnx } from './onnx/read-onnx.ts';
export { writeOnnx } from './onnx/write-onnx.ts';
export { importOpenVinoIr } from './openvino/import-openvino-ir.ts';
export type { OpenVinoIrFiles } from './openvino/parse-ir.ts';
export type { ActivationRanges, RangeMethod } from './quantize/activation-ranges.ts';
export { type CollectActivationRangesOptions, collectActivationRanges } from './quantize/collect-activation-ranges.ts';
export { type FindSensitiveNodesOptions, findSensitiveNodes } from './quantize/find-sensitive-nodes.ts';
export type { LeftAloneNode, QuantizationReport, QuantizedModel } from './quantize/quantization-report.ts';
export {
  type QuantizeToInt8Options,
  quantizeToInt8,
} from './quantize/quantize-to-int8.ts';
export { type ToFloat16Options, toFloat16 } from './quantize/to-float16.ts';
export { toFloat16Stored } from './quantize/to-float16-stored.ts';
export type { FaceApiModelFiles } from './tfjs/face-api-layers.ts';
export { importBlazeface } from './tfjs/import-blazeface.ts';
export { importFaceLandmark68 } from './tfjs/import-face-landmark-68.ts';
export { importFaceRecognition } from './tfjs/import-face-recognition.ts';
export { importFacemesh } from './tfjs/import-facemesh.ts';
export { importTfjsGraphModel, type TfjsGraphModelOptions } from './tfjs/import-graph-model.ts';
export type { TfjsGraphModelFiles } from './tfjs/parse-graph-model.ts';
