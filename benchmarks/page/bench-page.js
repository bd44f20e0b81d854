// The page that every contender is measured in. The driver calls `window.bench` and reads CPU time from outside between the calls.
//
// A contender is a module with one function, `createContender(options)`, that resolves once it can work, with
//   prepare(picture)   brings a decoded picture into the form that this contender reads at the least cost; not part of any measurement
//   analyze(input)     finds every face and computes its landmarks and embedding; resolves with the number of faces that have one
//   analyzeFile(blob)  the same from an encoded file, decoding included
//   describe()         what really runs
//   track(frames)      optional: an async iterable with the number of faces of each frame; a frame is { image, timestampMs }

/** @typedef {{ bitmap: ImageBitmap, canvas: HTMLCanvasElement, imageData: ImageData }} Picture */

const parameters = new URLSearchParams(location.search);
const adapter = parameters.get('adapter');
const options = JSON.parse(parameters.get('options') ?? '{}');
const inputs = new Map();
const longTasks = [];
const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
observer.observe({ type: 'longtask' });
let contender;

window.bench = {
  /** Loads the contender and analyzes the first picture; times count from the start of the navigation. */
  async start(picture) {
    // The picture is fetched and decoded while the contender loads, as a page would do it.
    const decoded = decodePicture(picture);
    decoded.catch(() => {});
    const { createContender } = await import(`./contenders/${adapter}.js`);
    contender = await createContender(options);
    const readyMs = performance.now();
    const faces = await contender.analyze(contender.prepare(await decoded));
    return { readyMs, firstResultMs: performance.now(), faces };
  },

  /** Fetches and decodes the pictures that the rounds go over. */
  async load(pictures) {
    for (const picture of pictures) inputs.set(picture, contender.prepare(await decodePicture(picture)));
  },

  /** Analyzes pictures that were loaded, one after the other; a name may come several times. */
  async round(pictures) {
    takeLongTasks();
    const results = [];
    for (const picture of pictures) {
      const input = inputs.get(picture);
      // A task of its own for each analysis, so that two are not counted as one long task.
      await new Promise((resolve) => setTimeout(resolve));
      const started = performance.now();
      const faces = await contender.analyze(input);
      results.push({ picture, faces, wallMs: performance.now() - started });
    }
    // Entries are delivered after the task that they describe.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { results, longTasks: takeLongTasks() };
  },

  /** Fetches the file that `file` analyzes. */
  async loadFile(path) {
    file = await fetchFile(path);
  },

  /** Analyzes the file, decoding included. */
  async file() {
    takeLongTasks();
    await new Promise((resolve) => setTimeout(resolve));
    const started = performance.now();
    const faces = await contender.analyzeFile(file);
    const wallMs = performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { faces, wallMs, longTasks: takeLongTasks() };
  },

  /** Fetches and decodes the frames that `track` goes over. */
  async loadFrames(paths) {
    frames = await Promise.all(paths.map(decodePicture));
  },

  /** Tracks `count` frames, each given when the one before is answered, so that none is dropped. */
  async track(count) {
    takeLongTasks();
    const wallMs = [];
    let given = 0;
    let faces = 0;
    let answered;
    const feed = async function* () {
      for (; given < count; given++) {
        const next = new Promise((resolve) => {
          answered = resolve;
        });
        const started = performance.now();
        // As a camera with 30 frames a second would give them.
        yield { image: frames[given % frames.length].bitmap, timestampMs: (given * 1000) / 30 };
        await next;
        wallMs.push(performance.now() - started);
      }
    };
    for await (const found of contender.track(feed())) {
      faces += found;
      answered?.();
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { wallMs, facesPerFrame: faces / Math.max(1, wallMs.length), longTasks: takeLongTasks() };
  },

  /** Memory of the page and its workers, after garbage was collected. */
  async memory() {
    if (!crossOriginIsolated || performance.measureUserAgentSpecificMemory === undefined) return undefined;
    const { bytes } = await performance.measureUserAgentSpecificMemory();
    return bytes;
  },

  describe: () => contender.describe(),
  canTrack: () => contender.track !== undefined,
};

/** @type {Picture[]} */
let frames = [];
/** @type {Blob} */
let file;

function takeLongTasks() {
  longTasks.push(...observer.takeRecords().map(({ duration }) => duration));
  return longTasks.splice(0);
}

/** @returns {Promise<Picture>} */
async function decodePicture(path) {
  const bitmap = await createImageBitmap(await fetchFile(path));
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  // In memory, not on a GPU: reading the pixels back is part of no library's work.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  return { bitmap, canvas, imageData: context.getImageData(0, 0, bitmap.width, bitmap.height) };
}

async function fetchFile(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`Expected ${path} from the benchmark's server, got status ${response.status}.`);
  return response.blob();
}
