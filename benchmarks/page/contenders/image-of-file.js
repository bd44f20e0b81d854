/** A file as an element with decoded pixels: what the peers document as input. @param {Blob} blob */
export async function imageOfFile(blob) {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}
