/** An inference backend without a runtime: it answers for the models of the fake pack, and breaks on demand. */

import { ALIGNMENT_TEMPLATES, asHostTensor, FaceError, type HostTensor, type InferenceBackend, type Tensor } from '@isoface/core';

/** Outputs of one run by name. */
export type FakeOutputs = Readonly<Record<string, HostTensor>>;

/** A session that was opened. */
export interface FakeSession {
  readonly model: string;
  /** Dimensions of the input of every run. */
  readonly runs: (readonly number[])[];
  isDisposed: boolean;
}

/** How a fake backend behaves beyond answering. */
export interface FakeBackendOptions {
  /** Called before the backend acts, with `open:<model>` or `run:<model>`. May throw, abort a controller, or wait. */
  readonly onCall?: ((call: string) => void | Promise<void>) | undefined;
  /** Changes what a model answers; see {@link breakOutputs}. */
  readonly alter?: ((model: string, outputs: FakeOutputs) => FakeOutputs) | undefined;
}

/** A backend with a record of its sessions. */
export interface FakeBackend extends InferenceBackend {
  readonly sessions: readonly FakeSession[];
}

/** Faces narrower or lower than this on the detector's input are not seen, pixels. */
export const FAKE_MIN_FACE = 4;
/** Nor are faces that fill more than this share of the input's side: close-ups, as real detectors miss them. */
export const FAKE_MAX_SHARE = 0.8;
/** Right eye, left eye, nose tip, mouth corners relative to a fake face's box. */
export const FAKE_LANDMARKS = [0.3, 0.35, 0.7, 0.35, 0.5, 0.6, 0.35, 0.8, 0.65, 0.8] as const;

const STRIDES = [8, 16, 32] as const;
/** Low enough that the forehead and the eyes of the drawn self-test face are seen, high enough that its wall is not. */
const MIN_GREEN = 178;

/** Creates the backend. */
export function createFakeBackend({ onCall, alter }: FakeBackendOptions = {}): FakeBackend {
  const sessions: FakeSession[] = [];
  return {
    sessions,
    async createSession(_model, { name }) {
      await onCall?.(`open:${name}`);
      const session: FakeSession = { model: name, runs: [], isDisposed: false };
      sessions.push(session);
      return {
        executionProvider: 'cpu',
        inputs: [],
        outputs: [],
        async run(inputs) {
          if (session.isDisposed) throw new FaceError('DISPOSED', `The session of ${name} is disposed.`);
          const tensor = requireHost(inputs['input']);
          session.runs.push(tensor.dims);
          await onCall?.(`run:${name}`);
          const outputs = answer(name, tensor);
          return alter?.(name, outputs) ?? outputs;
        },
        async dispose() {
          session.isDisposed = true;
        },
      };
    },
  };
}

/** Ways in which a model can answer nonsense. */
export type Breakage = 'nan' | 'infinity' | 'zero' | 'halved' | 'missing';

/** Breaks every output of a run. */
export function breakOutputs(outputs: FakeOutputs, breakage: Breakage): FakeOutputs {
  if (breakage === 'missing') return {};
  const entries = Object.entries(outputs).map(([name, { data, dims }]): [string, HostTensor] => {
    if (breakage === 'halved') return [name, asHostTensor(data.slice(0, data.length / 2), [data.length / 2])];
    const value = { nan: Number.NaN, infinity: Number.POSITIVE_INFINITY, zero: 0 }[breakage];
    return [
      name,
      asHostTensor(
        data.map(() => value),
        dims,
      ),
    ];
  });
  return Object.fromEntries(entries);
}

function requireHost(tensor: Tensor | undefined): HostTensor {
  if (tensor?.location === 'host') return tensor;
  throw new FaceError('SHAPE_MISMATCH', 'Expected a host tensor named "input".');
}

function answer(model: string, tensor: HostTensor): FakeOutputs {
  if (model === 'fake-detector') return detect(tensor);
  if (model === 'fake-landmarker') return { landmarks: placeLandmarks(tensor) };
  if (model === 'fake-embedder') return { embedding: embed(tensor) };
  if (model.startsWith('fake-liveness')) return { logits: judge(tensor) };
  if (model === 'fake-mesh') return { mesh: layMesh(tensor) };
  throw new FaceError('MODEL_UNSUPPORTED', `The fake backend does not know ${model}.`);
}

interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
  green: number;
  count: number;
}

/** Bright connected regions, written as the outputs of YuNet. */
function detect({ dims, data }: HostTensor): FakeOutputs {
  const [, , height = 0, width = 0] = dims;
  const outputs: Record<string, HostTensor> = {};
  for (const stride of STRIDES) {
    const cells = Math.floor(width / stride) * Math.floor(height / stride);
    for (const [kind, channels] of [
      ['cls', 1],
      ['obj', 1],
      ['bbox', 4],
      ['kps', 10],
    ] as const) {
      outputs[`${kind}_${stride}`] = asHostTensor(new Float32Array(cells * channels), [1, cells, channels]);
    }
  }
  const [stride] = STRIDES;
  const write = (kind: string, cell: number, values: readonly number[]): void => {
    outputs[`${kind}_${stride}`]?.data.set(values, cell * values.length);
  };
  for (const { left, top, right, bottom, green, count } of findRegions(data.subarray(width * height, 2 * width * height), width)) {
    const [boxWidth, boxHeight] = [right - left, bottom - top];
    const isSeen = Math.min(boxWidth, boxHeight) >= FAKE_MIN_FACE && Math.max(boxWidth / width, boxHeight / height) <= FAKE_MAX_SHARE;
    if (!isSeen) continue;
    const [centreX, centreY] = [(left + right) / 2 / stride, (top + bottom) / 2 / stride];
    const [column, row] = [Math.floor(centreX), Math.floor(centreY)];
    const cell = row * Math.floor(width / stride) + column;
    write('cls', cell, [1]);
    write('obj', cell, [green / count / 255]);
    write('bbox', cell, [centreX - column, centreY - row, Math.log(boxWidth / stride), Math.log(boxHeight / stride)]);
    const points = FAKE_LANDMARKS.map((share, i) =>
      i % 2 === 0 ? (left + share * boxWidth) / stride - column : (top + share * boxHeight) / stride - row,
    );
    write('kps', cell, points);
  }
  return outputs;
}

/** Connected regions of bright green, by flood fill. */
function findRegions(green: Float32Array, width: number): Region[] {
  const visited = new Uint8Array(green.length);
  const regions: Region[] = [];
  for (let start = 0; start < green.length; start++) {
    const region: Region = { left: width, top: green.length, right: 0, bottom: 0, green: 0, count: 0 };
    const stack = [start];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (visited[at] === 1 || !((green[at] ?? 0) >= MIN_GREEN)) continue;
      visited[at] = 1;
      const [x, y] = [at % width, Math.floor(at / width)];
      region.left = Math.min(region.left, x);
      region.right = Math.max(region.right, x + 1);
      region.top = Math.min(region.top, y);
      region.bottom = Math.max(region.bottom, y + 1);
      region.green += green[at] ?? 0;
      region.count++;
      if (x > 0) stack.push(at - 1);
      if (x < width - 1) stack.push(at + 1);
      stack.push(at - width, at + width);
    }
    if (region.count > 0) regions.push(region);
  }
  return regions;
}

/** The average face of the 33-point template in the middle of every crop; brows and jaw, which no test looks at, lie at the nose bridge. */
function placeLandmarks({ dims }: HostTensor): HostTensor {
  const [batch = 0] = dims;
  const { points, indices = [], width, height } = ALIGNMENT_TEMPLATES['dlib-150-33'];
  const face = new Float32Array(136).fill(0.5);
  for (const [position, index] of indices.entries()) {
    face[index * 2] = (points[position * 2] ?? 0) / width;
    face[index * 2 + 1] = (points[position * 2 + 1] ?? 0) / height;
  }
  const all = new Float32Array(batch * 136);
  for (let i = 0; i < batch; i++) all.set(face, i * 136);
  return asHostTensor(all, [batch, 136]);
}

/** Mean red, green and blue of each quarter, around a constant that keeps the vector from being zero. */
function embed({ dims, data }: HostTensor): HostTensor {
  const [batch = 0, , height = 0, width = 0] = dims;
  const vectors = new Float32Array(batch * 12);
  for (let i = 0; i < data.length; i++) {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const channel = Math.floor(i / (width * height)) % 3;
    const face = Math.floor(i / (width * height * 3));
    const quarter = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
    const at = face * 12 + quarter * 3 + channel;
    vectors[at] = (vectors[at] ?? 0) + ((data[i] ?? 0) - 64) / 255 / ((width * height) / 4);
  }
  return asHostTensor(vectors, [batch, 12]);
}

/** Three classes; the middle one grows with the mean green of the patch, and is as likely as the others at half of it. */
function judge({ dims, data }: HostTensor): HostTensor {
  const [batch = 0, , height = 0, width = 0] = dims;
  const logits = new Float32Array(batch * 3);
  const pixels = width * height;
  for (let i = 0; i < batch; i++) {
    const green = data.subarray((i * 3 + 1) * pixels, (i * 3 + 2) * pixels);
    logits[i * 3 + 1] = (green.reduce((sum, value) => sum + value, 0) / pixels - 128) / 16;
  }
  return asHostTensor(logits, [batch, 3]);
}

/** 26 columns and 18 rows over the crop, in 192ths of its side, at depth 6. */
function layMesh({ dims }: HostTensor): HostTensor {
  const [batch = 0] = dims;
  const mesh = new Float32Array(batch * 468 * 3);
  for (let i = 0; i < batch * 468; i++) {
    const point = i % 468;
    mesh.set([((point % 26) / 25) * 192, (Math.floor(point / 26) / 17) * 192, 6], i * 3);
  }
  return asHostTensor(mesh, [batch, 468 * 3]);
}
