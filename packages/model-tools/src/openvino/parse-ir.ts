/** Reads the XML of OpenVINO's intermediate representation (IR). */

import { FaceError } from '@isoface/core';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { type JsonObject, parseArray, parseInteger, parseObject, parseString } from '../json-fields.ts';

/** A network in the two files that OpenVINO publishes. */
export interface OpenVinoIrFiles {
  /** Content of the `.xml` file. */
  readonly xml: Uint8Array;
  /** Content of the `.bin` file with the constants. */
  readonly bin: Uint8Array;
}

/** One operation. */
export interface IrLayer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** Attributes of the operation, as written. */
  readonly data: Readonly<Record<string, string>>;
  /** Ids of the layers it reads from, in the order of its ports. */
  readonly inputs: readonly string[];
  /** Dimensions of its first input; empty if it has none. */
  readonly inputDims: readonly number[];
}

/** Versions whose layers and edges have the form read here. */
const SUPPORTED_VERSIONS: ReadonlySet<string> = new Set(['10', '11']);

/** Elements that may occur more than once, so that one of them is still a list. */
const LIST_ELEMENTS: ReadonlySet<string> = new Set(['layer', 'edge', 'port', 'dim']);

/**
 * The layers of a network by id.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are not an IR; `MODEL_UNSUPPORTED` for versions other than 10 and 11
 */
export function parseIr(xml: Uint8Array): { readonly name: string; readonly layers: ReadonlyMap<string, IrLayer> } {
  const net = parseObject(parseXml(xml)['net'], 'the root element <net>');
  const version = parseString(net['version'], 'the version of the IR');
  if (!SUPPORTED_VERSIONS.has(version)) {
    throw new FaceError('MODEL_UNSUPPORTED', `Expected OpenVINO IR version 10 or 11, got ${version}; convert it with a newer OpenVINO.`);
  }
  const inputs = collectInputs(parseArray(parseObject(net['edges'], '<edges>')['edge'], 'the edges'));
  const layers = parseArray(parseObject(net['layers'], '<layers>')['layer'], 'the layers').map((layer) =>
    parseLayer(parseObject(layer, 'a layer'), inputs),
  );
  return { name: parseString(net['name'] ?? 'openvino', 'the name'), layers: new Map(layers.map((layer) => [layer.id, layer])) };
}

/** @throws {FaceError} `MODEL_INTEGRITY` if no layer has this id */
export function requireLayer(layers: ReadonlyMap<string, IrLayer>, id: string): IrLayer {
  const layer = layers.get(id);
  if (layer !== undefined) return layer;
  throw new FaceError('MODEL_INTEGRITY', `An edge of the IR leads to the layer ${id}, which does not exist.`, { layer: id });
}

/**
 * A list of integers such as `strides="2, 2"`.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the attribute is missing or malformed
 */
export function integerList(layer: IrLayer, attribute: string): number[] {
  const value = parseString(layer.data[attribute], `${attribute} of layer "${layer.name}"`);
  if (value.trim() === '') return [];
  return value.split(',').map((part) => parseInteger(part.trim(), `${attribute} of layer "${layer.name}"`));
}

function parseXml(xml: Uint8Array): JsonObject {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(xml);
    const validity = XMLValidator.validate(text);
    if (validity !== true) throw new Error(validity.err.msg);
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '',
      parseAttributeValue: false,
      parseTagValue: false,
      // An IR needs no entities beyond the built-in ones, and hostile ones grow without bound.
      processEntities: false,
      isArray: (element) => LIST_ELEMENTS.has(element),
    });
    return parseObject(parser.parse(text), 'the document');
  } catch (cause) {
    throw new FaceError('MODEL_INTEGRITY', `Expected the XML of an OpenVINO IR, got ${xml.length} bytes that are not XML.`, {}, { cause });
  }
}

/** For each layer the layers it reads from, by port. */
function collectInputs(edges: readonly unknown[]): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const inputs = new Map<string, Map<number, string>>();
  for (const value of edges) {
    const edge = parseObject(value, 'an edge');
    const target = parseString(edge['to-layer'], 'to-layer of an edge');
    const ports = inputs.get(target) ?? new Map<number, string>();
    ports.set(parseInteger(edge['to-port'], 'to-port of an edge'), parseString(edge['from-layer'], 'from-layer of an edge'));
    inputs.set(target, ports);
  }
  return inputs;
}

function parseLayer(layer: JsonObject, inputs: ReadonlyMap<string, ReadonlyMap<number, string>>): IrLayer {
  const id = parseString(layer['id'], 'the id of a layer');
  const name = parseString(layer['name'], `the name of layer ${id}`);
  const ports = Array.from(inputs.get(id) ?? []).sort(([a], [b]) => a - b);
  return {
    id,
    name,
    type: parseString(layer['type'], `the type of layer "${name}"`),
    data: parseData(layer['data'], name),
    inputs: ports.map(([, source]) => source),
    inputDims: parseInputDims(layer['input'], name),
  };
}

function parseData(value: unknown, name: string): Readonly<Record<string, string>> {
  if (value === undefined || value === '') return {};
  const entries = Object.entries(parseObject(value, `the data of layer "${name}"`));
  return Object.fromEntries(entries.map(([key, entry]) => [key, parseString(entry, `${key} of layer "${name}"`)]));
}

function parseInputDims(value: unknown, name: string): number[] {
  if (value === undefined || value === '') return [];
  const label = `the input ports of layer "${name}"`;
  const [port] = parseArray(parseObject(value, label)['port'], label);
  const dims = parseArray(parseObject(port, label)['dim'] ?? [], label);
  return dims.map((dim) => parseInteger(dim, label));
}
