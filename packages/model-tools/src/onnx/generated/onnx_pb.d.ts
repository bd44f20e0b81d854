import type { GenEnum, GenFile, GenMessage } from "@bufbuild/protobuf/codegenv2";
import type { Message } from "@bufbuild/protobuf";
/**
 * Describes the file onnx.proto.
 */
export declare const file_onnx: GenFile;
/**
 * @generated from message onnx.ModelProto
 */
export type ModelProto = Message<"onnx.ModelProto"> & {
    /**
     * @generated from field: optional int64 ir_version = 1;
     */
    irVersion: bigint;
    /**
     * @generated from field: optional string producer_name = 2;
     */
    producerName: string;
    /**
     * @generated from field: optional string producer_version = 3;
     */
    producerVersion: string;
    /**
     * @generated from field: optional string domain = 4;
     */
    domain: string;
    /**
     * @generated from field: optional int64 model_version = 5;
     */
    modelVersion: bigint;
    /**
     * @generated from field: optional string doc_string = 6;
     */
    docString: string;
    /**
     * @generated from field: optional onnx.GraphProto graph = 7;
     */
    graph?: GraphProto | undefined;
    /**
     * @generated from field: repeated onnx.OperatorSetIdProto opset_import = 8;
     */
    opsetImport: OperatorSetIdProto[];
    /**
     * @generated from field: repeated onnx.StringStringEntryProto metadata_props = 14;
     */
    metadataProps: StringStringEntryProto[];
    /**
     * @generated from field: repeated onnx.FunctionProto functions = 25;
     */
    functions: FunctionProto[];
};
/**
 * Describes the message onnx.ModelProto.
 * Use `create(ModelProtoSchema)` to create a new message.
 */
export declare const ModelProtoSchema: GenMessage<ModelProto>;
/**
 * @generated from message onnx.OperatorSetIdProto
 */
export type OperatorSetIdProto = Message<"onnx.OperatorSetIdProto"> & {
    /**
     * @generated from field: optional string domain = 1;
     */
    domain: string;
    /**
     * @generated from field: optional int64 version = 2;
     */
    version: bigint;
};
/**
 * Describes the message onnx.OperatorSetIdProto.
 * Use `create(OperatorSetIdProtoSchema)` to create a new message.
 */
export declare const OperatorSetIdProtoSchema: GenMessage<OperatorSetIdProto>;
/**
 * @generated from message onnx.StringStringEntryProto
 */
export type StringStringEntryProto = Message<"onnx.StringStringEntryProto"> & {
    /**
     * @generated from field: optional string key = 1;
     */
    key: string;
    /**
     * @generated from field: optional string value = 2;
     */
    value: string;
};
/**
 * Describes the message onnx.StringStringEntryProto.
 * Use `create(StringStringEntryProtoSchema)` to create a new message.
 */
export declare const StringStringEntryProtoSchema: GenMessage<StringStringEntryProto>;
/**
 * @generated from message onnx.GraphProto
 */
export type GraphProto = Message<"onnx.GraphProto"> & {
    /**
     * @generated from field: repeated onnx.NodeProto node = 1;
     */
    node: NodeProto[];
    /**
     * @generated from field: optional string name = 2;
     */
    name: string;
    /**
     * @generated from field: repeated onnx.TensorProto initializer = 5;
     */
    initializer: TensorProto[];
    /**
     * @generated from field: optional string doc_string = 10;
     */
    docString: string;
    /**
     * @generated from field: repeated onnx.ValueInfoProto input = 11;
     */
    input: ValueInfoProto[];
    /**
     * @generated from field: repeated onnx.ValueInfoProto output = 12;
     */
    output: ValueInfoProto[];
    /**
     * @generated from field: repeated onnx.ValueInfoProto value_info = 13;
     */
    valueInfo: ValueInfoProto[];
    /**
     * @generated from field: repeated onnx.SparseTensorProto sparse_initializer = 15;
     */
    sparseInitializer: SparseTensorProto[];
};
/**
 * Describes the message onnx.GraphProto.
 * Use `create(GraphProtoSchema)` to create a new message.
 */
export declare const GraphProtoSchema: GenMessage<GraphProto>;
/**
 * @generated from message onnx.FunctionProto
 */
export type FunctionProto = Message<"onnx.FunctionProto"> & {
    /**
     * @generated from field: optional string name = 1;
     */
    name: string;
    /**
     * @generated from field: repeated onnx.NodeProto node = 7;
     */
    node: NodeProto[];
    /**
     * @generated from field: repeated onnx.AttributeProto attribute_proto = 11;
     */
    attributeProto: AttributeProto[];
};
/**
 * Describes the message onnx.FunctionProto.
 * Use `create(FunctionProtoSchema)` to create a new message.
 */
export declare const FunctionProtoSchema: GenMessage<FunctionProto>;
/**
 * @generated from message onnx.NodeProto
 */
export type NodeProto = Message<"onnx.NodeProto"> & {
    /**
     * @generated from field: repeated string input = 1;
     */
    input: string[];
    /**
     * @generated from field: repeated string output = 2;
     */
    output: string[];
    /**
     * @generated from field: optional string name = 3;
     */
    name: string;
    /**
     * @generated from field: optional string op_type = 4;
     */
    opType: string;
    /**
     * @generated from field: repeated onnx.AttributeProto attribute = 5;
     */
    attribute: AttributeProto[];
    /**
     * @generated from field: optional string doc_string = 6;
     */
    docString: string;
    /**
     * @generated from field: optional string domain = 7;
     */
    domain: string;
};
/**
 * Describes the message onnx.NodeProto.
 * Use `create(NodeProtoSchema)` to create a new message.
 */
export declare const NodeProtoSchema: GenMessage<NodeProto>;
/**
 * @generated from message onnx.AttributeProto
 */
export type AttributeProto = Message<"onnx.AttributeProto"> & {
    /**
     * @generated from field: optional string name = 1;
     */
    name: string;
    /**
     * @generated from field: optional float f = 2;
     */
    f: number;
    /**
     * @generated from field: optional int64 i = 3;
     */
    i: bigint;
    /**
     * @generated from field: optional bytes s = 4;
     */
    s: Uint8Array;
    /**
     * @generated from field: optional onnx.TensorProto t = 5;
     */
    t?: TensorProto | undefined;
    /**
     * @generated from field: optional onnx.GraphProto g = 6;
     */
    g?: GraphProto | undefined;
    /**
     * @generated from field: repeated float floats = 7;
     */
    floats: number[];
    /**
     * @generated from field: repeated int64 ints = 8;
     */
    ints: bigint[];
    /**
     * @generated from field: repeated bytes strings = 9;
     */
    strings: Uint8Array[];
    /**
     * @generated from field: repeated onnx.TensorProto tensors = 10;
     */
    tensors: TensorProto[];
    /**
     * @generated from field: repeated onnx.GraphProto graphs = 11;
     */
    graphs: GraphProto[];
    /**
     * @generated from field: optional string doc_string = 13;
     */
    docString: string;
    /**
     * @generated from field: optional onnx.AttributeProto.AttributeType type = 20;
     */
    type: AttributeProto_AttributeType;
    /**
     * @generated from field: optional onnx.SparseTensorProto sparse_tensor = 22;
     */
    sparseTensor?: SparseTensorProto | undefined;
    /**
     * @generated from field: repeated onnx.SparseTensorProto sparse_tensors = 23;
     */
    sparseTensors: SparseTensorProto[];
};
/**
 * Describes the message onnx.AttributeProto.
 * Use `create(AttributeProtoSchema)` to create a new message.
 */
export declare const AttributeProtoSchema: GenMessage<AttributeProto>;
/**
 * @generated from enum onnx.AttributeProto.AttributeType
 */
export declare enum AttributeProto_AttributeType {
    /**
     * @generated from enum value: UNDEFINED = 0;
     */
    UNDEFINED = 0,
    /**
     * @generated from enum value: FLOAT = 1;
     */
    FLOAT = 1,
    /**
     * @generated from enum value: INT = 2;
     */
    INT = 2,
    /**
     * @generated from enum value: STRING = 3;
     */
    STRING = 3,
    /**
     * @generated from enum value: TENSOR = 4;
     */
    TENSOR = 4,
    /**
     * @generated from enum value: GRAPH = 5;
     */
    GRAPH = 5,
    /**
     * @generated from enum value: FLOATS = 6;
     */
    FLOATS = 6,
    /**
     * @generated from enum value: INTS = 7;
     */
    INTS = 7,
    /**
     * @generated from enum value: STRINGS = 8;
     */
    STRINGS = 8,
    /**
     * @generated from enum value: TENSORS = 9;
     */
    TENSORS = 9,
    /**
     * @generated from enum value: GRAPHS = 10;
     */
    GRAPHS = 10,
    /**
     * @generated from enum value: SPARSE_TENSOR = 11;
     */
    SPARSE_TENSOR = 11,
    /**
     * @generated from enum value: SPARSE_TENSORS = 12;
     */
    SPARSE_TENSORS = 12,
    /**
     * @generated from enum value: TYPE_PROTO = 13;
     */
    TYPE_PROTO = 13,
    /**
     * @generated from enum value: TYPE_PROTOS = 14;
     */
    TYPE_PROTOS = 14
}
/**
 * Describes the enum onnx.AttributeProto.AttributeType.
 */
export declare const AttributeProto_AttributeTypeSchema: GenEnum<AttributeProto_AttributeType>;
/**
 * @generated from message onnx.TensorProto
 */
export type TensorProto = Message<"onnx.TensorProto"> & {
    /**
     * @generated from field: repeated int64 dims = 1;
     */
    dims: bigint[];
    /**
     * @generated from field: optional int32 data_type = 2;
     */
    dataType: number;
    /**
     * @generated from field: repeated float float_data = 4 [packed = true];
     */
    floatData: number[];
    /**
     * @generated from field: repeated int32 int32_data = 5 [packed = true];
     */
    int32Data: number[];
    /**
     * @generated from field: repeated bytes string_data = 6;
     */
    stringData: Uint8Array[];
    /**
     * @generated from field: repeated int64 int64_data = 7 [packed = true];
     */
    int64Data: bigint[];
    /**
     * @generated from field: optional string name = 8;
     */
    name: string;
    /**
     * @generated from field: optional bytes raw_data = 9;
     */
    rawData: Uint8Array;
    /**
     * @generated from field: repeated double double_data = 10 [packed = true];
     */
    doubleData: number[];
    /**
     * @generated from field: repeated uint64 uint64_data = 11 [packed = true];
     */
    uint64Data: bigint[];
    /**
     * @generated from field: optional string doc_string = 12;
     */
    docString: string;
    /**
     * @generated from field: repeated onnx.StringStringEntryProto external_data = 13;
     */
    externalData: StringStringEntryProto[];
    /**
     * @generated from field: optional onnx.TensorProto.DataLocation data_location = 14;
     */
    dataLocation: TensorProto_DataLocation;
};
/**
 * Describes the message onnx.TensorProto.
 * Use `create(TensorProtoSchema)` to create a new message.
 */
export declare const TensorProtoSchema: GenMessage<TensorProto>;
/**
 * @generated from enum onnx.TensorProto.DataType
 */
export declare enum TensorProto_DataType {
    /**
     * @generated from enum value: UNDEFINED = 0;
     */
    UNDEFINED = 0,
    /**
     * @generated from enum value: FLOAT = 1;
     */
    FLOAT = 1,
    /**
     * @generated from enum value: UINT8 = 2;
     */
    UINT8 = 2,
    /**
     * @generated from enum value: INT8 = 3;
     */
    INT8 = 3,
    /**
     * @generated from enum value: UINT16 = 4;
     */
    UINT16 = 4,
    /**
     * @generated from enum value: INT16 = 5;
     */
    INT16 = 5,
    /**
     * @generated from enum value: INT32 = 6;
     */
    INT32 = 6,
    /**
     * @generated from enum value: INT64 = 7;
     */
    INT64 = 7,
    /**
     * @generated from enum value: STRING = 8;
     */
    STRING = 8,
    /**
     * @generated from enum value: BOOL = 9;
     */
    BOOL = 9,
    /**
     * @generated from enum value: FLOAT16 = 10;
     */
    FLOAT16 = 10,
    /**
     * @generated from enum value: DOUBLE = 11;
     */
    DOUBLE = 11,
    /**
     * @generated from enum value: UINT32 = 12;
     */
    UINT32 = 12,
    /**
     * @generated from enum value: UINT64 = 13;
     */
    UINT64 = 13,
    /**
     * @generated from enum value: COMPLEX64 = 14;
     */
    COMPLEX64 = 14,
    /**
     * @generated from enum value: COMPLEX128 = 15;
     */
    COMPLEX128 = 15,
    /**
     * @generated from enum value: BFLOAT16 = 16;
     */
    BFLOAT16 = 16
}
/**
 * Describes the enum onnx.TensorProto.DataType.
 */
export declare const TensorProto_DataTypeSchema: GenEnum<TensorProto_DataType>;
/**
 * @generated from enum onnx.TensorProto.DataLocation
 */
export declare enum TensorProto_DataLocation {
    /**
     * @generated from enum value: DEFAULT = 0;
     */
    DEFAULT = 0,
    /**
     * @generated from enum value: EXTERNAL = 1;
     */
    EXTERNAL = 1
}
/**
 * Describes the enum onnx.TensorProto.DataLocation.
 */
export declare const TensorProto_DataLocationSchema: GenEnum<TensorProto_DataLocation>;
/**
 * @generated from message onnx.SparseTensorProto
 */
export type SparseTensorProto = Message<"onnx.SparseTensorProto"> & {
    /**
     * @generated from field: optional onnx.TensorProto values = 1;
     */
    values?: TensorProto | undefined;
    /**
     * @generated from field: optional onnx.TensorProto indices = 2;
     */
    indices?: TensorProto | undefined;
    /**
     * @generated from field: repeated int64 dims = 3;
     */
    dims: bigint[];
};
/**
 * Describes the message onnx.SparseTensorProto.
 * Use `create(SparseTensorProtoSchema)` to create a new message.
 */
export declare const SparseTensorProtoSchema: GenMessage<SparseTensorProto>;
/**
 * @generated from message onnx.ValueInfoProto
 */
export type ValueInfoProto = Message<"onnx.ValueInfoProto"> & {
    /**
     * @generated from field: optional string name = 1;
     */
    name: string;
    /**
     * @generated from field: optional onnx.TypeProto type = 2;
     */
    type?: TypeProto | undefined;
    /**
     * @generated from field: optional string doc_string = 3;
     */
    docString: string;
};
/**
 * Describes the message onnx.ValueInfoProto.
 * Use `create(ValueInfoProtoSchema)` to create a new message.
 */
export declare const ValueInfoProtoSchema: GenMessage<ValueInfoProto>;
/**
 * @generated from message onnx.TypeProto
 */
export type TypeProto = Message<"onnx.TypeProto"> & {
    /**
     * Sequences, maps and optionals are not members here: they stay unknown fields.
     *
     * @generated from field: optional onnx.TypeProto.Tensor tensor_type = 1;
     */
    tensorType?: TypeProto_Tensor | undefined;
    /**
     * @generated from field: optional string denotation = 6;
     */
    denotation: string;
};
/**
 * Describes the message onnx.TypeProto.
 * Use `create(TypeProtoSchema)` to create a new message.
 */
export declare const TypeProtoSchema: GenMessage<TypeProto>;
/**
 * @generated from message onnx.TypeProto.Tensor
 */
export type TypeProto_Tensor = Message<"onnx.TypeProto.Tensor"> & {
    /**
     * @generated from field: optional int32 elem_type = 1;
     */
    elemType: number;
    /**
     * @generated from field: optional onnx.TensorShapeProto shape = 2;
     */
    shape?: TensorShapeProto | undefined;
};
/**
 * Describes the message onnx.TypeProto.Tensor.
 * Use `create(TypeProto_TensorSchema)` to create a new message.
 */
export declare const TypeProto_TensorSchema: GenMessage<TypeProto_Tensor>;
/**
 * @generated from message onnx.TensorShapeProto
 */
export type TensorShapeProto = Message<"onnx.TensorShapeProto"> & {
    /**
     * @generated from field: repeated onnx.TensorShapeProto.Dimension dim = 1;
     */
    dim: TensorShapeProto_Dimension[];
};
/**
 * Describes the message onnx.TensorShapeProto.
 * Use `create(TensorShapeProtoSchema)` to create a new message.
 */
export declare const TensorShapeProtoSchema: GenMessage<TensorShapeProto>;
/**
 * @generated from message onnx.TensorShapeProto.Dimension
 */
export type TensorShapeProto_Dimension = Message<"onnx.TensorShapeProto.Dimension"> & {
    /**
     * @generated from oneof onnx.TensorShapeProto.Dimension.value
     */
    value: {
        /**
         * @generated from field: int64 dim_value = 1;
         */
        value: bigint;
        case: "dimValue";
    } | {
        /**
         * @generated from field: string dim_param = 2;
         */
        value: string;
        case: "dimParam";
    } | {
        case: undefined;
        value?: undefined;
    };
    /**
     * @generated from field: optional string denotation = 3;
     */
    denotation: string;
};
/**
 * Describes the message onnx.TensorShapeProto.Dimension.
 * Use `create(TensorShapeProto_DimensionSchema)` to create a new message.
 */
export declare const TensorShapeProto_DimensionSchema: GenMessage<TensorShapeProto_Dimension>;
