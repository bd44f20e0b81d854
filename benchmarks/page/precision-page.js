// Runs variants of a model on the same input, with ONNX Runtime alone. The driver reads CPU time from outside between the calls.

/** @type {typeof import('onnxruntime-web')} */
let ort;
/** @type {'wasm' | 'webgpu'} */
let provider;
let sessions = [];
let feeds = {};

window.precision = {
  /** Loads ONNX Runtime, the build that isoface would take. Resolves with what the browser can do. */
  async start(wantedProvider) {
    provider = wantedProvider;
    const webgpuBuild = 'Suspending' in WebAssembly ? 'jspi' : 'webgpu';
    ort = await import(`/ort/ort.${provider === 'wasm' ? 'wasm' : webgpuBuild}.min.mjs`);
    ort.env.logLevel = 'error';
    ort.env.wasm.numThreads = 1;
    const adapter = provider === 'webgpu' ? await navigator.gpu?.requestAdapter() : undefined;
    return { hasHalfPrecision: adapter?.features.has('shader-f16') ?? false };
  },

  /** Opens the variants, each from the file of its index, and runs each once. Resolves with the reason for each that failed, null for the others. */
  async open(inputName, dims, count) {
    const input = new Float32Array(await fetchBytes('/files/input.bin'));
    feeds = { [inputName]: new ort.Tensor('float32', input, dims) };
    const failures = [];
    for (let i = 0; i < count; i++) {
      try {
        const session = await ort.InferenceSession.create(new Uint8Array(await fetchBytes(`/files/${i}.onnx`)), {
          executionProviders: [provider],
          graphOptimizationLevel: 'all',
          executionMode: 'sequential',
          enableCpuMemArena: false,
          logSeverityLevel: 3,
        });
        sessions[i] = session;
        await session.run(feeds);
        failures.push(null);
      } catch (error) {
        failures.push(String(error?.message ?? error).replace(/\s+/g, ' '));
      }
    }
    return failures;
  },

  /** Runs one variant; resolves with the wall time of each run, its outputs read. */
  async run(index, repeats) {
    const wallMs = [];
    for (let i = 0; i < repeats; i++) {
      const started = performance.now();
      const outputs = await sessions[index].run(feeds);
      for (const tensor of Object.values(outputs)) tensor.dispose();
      wallMs.push(performance.now() - started);
    }
    return wallMs;
  },

  /** Frees the variants. */
  async close() {
    for (const session of sessions) await session?.release();
    sessions = [];
  },
};

async function fetchBytes(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`Expected ${path} from the benchmark's server, got status ${response.status}.`);
  return response.arrayBuffer();
}
