/** Images that lie in a texture: what the frame importer gives and the GPU preprocessor takes. */

import { type DeviceImage, FaceError } from '@isoface/core';

/** What the `handle` of a texture image is. */
interface TextureHandle {
  readonly device: GPUDevice;
  readonly texture: GPUTexture;
  isDisposed: boolean;
}

/** An image in a texture of format `rgba8unorm`, pixels from the top left. */
export interface TextureImage extends DeviceImage {
  /** Gives the texture back to whoever made the image; idempotent. Work submitted before is not disturbed. */
  dispose(): void;
}

/**
 * Makes an image of a texture.
 *
 * @param texture - Format `rgba8unorm`, usage `TEXTURE_BINDING` at least; its size is the size of the image.
 * @param release - Called once, by the first `dispose`.
 */
export function asTextureImage(device: GPUDevice, texture: GPUTexture, release: () => void = () => {}): TextureImage {
  const handle: TextureHandle = { device, texture, isDisposed: false };
  return {
    location: 'device',
    width: texture.width,
    height: texture.height,
    handle,
    dispose(): void {
      if (handle.isDisposed) return;
      handle.isDisposed = true;
      release();
    },
  };
}

/**
 * The texture of an image.
 *
 * @throws {FaceError} `SHAPE_MISMATCH` if the image is not a texture of `device`, `DISPOSED` if it was given back.
 */
export function requireTexture(image: DeviceImage, device: GPUDevice): GPUTexture {
  const handle = image.handle as Partial<TextureHandle> | null | undefined;
  if (handle?.texture === undefined || handle.device !== device) {
    throw new FaceError(
      'SHAPE_MISMATCH',
      'Expected an image in a texture of this GPU device, got another; import it with the same device.',
    );
  }
  if (handle.isDisposed === true) {
    throw new FaceError('DISPOSED', 'Expected an image in use, got one that was given back; dispose a frame only when its calls are done.');
  }
  return handle.texture;
}
