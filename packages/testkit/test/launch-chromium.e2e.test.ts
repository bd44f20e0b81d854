import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FolderServer, launchChromium, limitStorage, type ServeOptions, serveFolder } from '@isoface/testkit/browser-tools';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let browser: Browser;
const servers: FolderServer[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isoface-browser-'));
  writeFileSync(join(folder, 'camera.y4m'), greenVideo(64, 48, 5));
  browser = await launchChromium({ webgpu: true, camera: join(folder, 'camera.y4m') });
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A plain video in YUV4MPEG2 with 4:2:0 chroma: luma 128 and chroma 32 make a green. */
function greenVideo(width: number, height: number, frames: number): Buffer {
  const frame = Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc(width * height, 128), Buffer.alloc((width * height) / 2, 32)]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`), ...Array<Buffer>(frames).fill(frame)]);
}

async function openPage(options: ServeOptions = {}): Promise<Page> {
  const server = await serveFolder({ overrides: { '/index.html': { body: '<!doctype html><title>test</title>' } }, ...options });
  servers.push(server);
  const page = await browser.newPage();
  await page.goto(server.origin);
  return page;
}

describe('launchChromium with serveFolder', () => {
  it.each([true, false])('isolates a page from other origins: %s', async (crossOriginIsolated) => {
    const page = await openPage({ crossOriginIsolated });
    expect(await page.evaluate('crossOriginIsolated')).toBe(crossOriginIsolated);
  });

  it('holds a page to its policy', async () => {
    const page = await openPage({ csp: "script-src 'self'" });
    // Playwright's own evaluation is exempt, what the page does later is not.
    const outcome = page.evaluate(`new Promise((done) => {
      document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'document.title = "ran"';
      document.head.append(script);
    })`);
    expect([await outcome, await page.title()]).toEqual(['script-src-elem', 'test']);
  });

  it('has WebGPU, and video frames reach it', async () => {
    const page = await openPage();
    const green = await page.evaluate(`(async () => {
      const device = await (await navigator.gpu.requestAdapter()).requestDevice();
      const canvas = new OffscreenCanvas(64, 4);
      const context = canvas.getContext('2d');
      context.fillStyle = '#0f0';
      context.fillRect(0, 0, 64, 4);
      const source = new VideoFrame(canvas, { timestamp: 0 });
      const { COPY_DST, COPY_SRC, RENDER_ATTACHMENT } = GPUTextureUsage;
      const texture = device.createTexture({ size: [64, 4], format: 'rgba8unorm', usage: COPY_DST | COPY_SRC | RENDER_ATTACHMENT });
      device.queue.copyExternalImageToTexture({ source }, { texture }, [64, 4]);
      source.close();
      const buffer = device.createBuffer({ size: 1024, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      const encoder = device.createCommandEncoder();
      encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: 256 }, [64, 4]);
      device.queue.submit([encoder.finish()]);
      await buffer.mapAsync(GPUMapMode.READ);
      const pixel = [...new Uint8Array(buffer.getMappedRange(0, 4))];
      device.destroy();
      return pixel;
    })()`);
    expect(green).toEqual([0, 255, 0, 255]);
  });

  it('gives pages the video as their camera, without asking', async () => {
    const page = await openPage();
    const [red = 255, green = 0, blue = 255] = await page.evaluate<number[]>(`(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      const video = Object.assign(document.createElement('video'), { srcObject: stream, muted: true });
      await video.play();
      await new Promise((done) => video.requestVideoFrameCallback(done));
      const context = new OffscreenCanvas(1, 1).getContext('2d');
      context.drawImage(video, 0, 0, 1, 1);
      for (const track of stream.getTracks()) track.stop();
      return [...context.getImageData(0, 0, 1, 1).data];
    })()`);
    // Red and blue are negative before they are clipped; the green depends on the browser's colour matrix by some levels.
    expect([red, blue]).toEqual([0, 0]);
    expect(green).toBeGreaterThan(150);
  });

  it('limits what an origin may store', async () => {
    const page = await openPage();
    const store = (bytes: number): Promise<unknown> =>
      page.evaluate(`caches.open('x').then((cache) => cache.put('/file', new Response(new Uint8Array(${bytes}))))
        .then(() => 'stored', (error) => error.name)`);
    expect(await store(2_000_000)).toBe('stored');
    await limitStorage(page, 1_000_000);
    expect(await store(3_000_000)).toBe('QuotaExceededError');
  });
});
