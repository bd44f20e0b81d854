/** A form with photos, as bytes. */

/** A request's body and type. */
export interface FormRequest {
  readonly payload: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Encodes files named `photo` and text fields as `multipart/form-data`. */
export async function photoForm(photos: readonly Uint8Array[], fields: Readonly<Record<string, string>> = {}): Promise<FormRequest> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const photo of photos) form.append('photo', new Blob([new Uint8Array(photo)]), 'photo');
  const encoded = new Response(form);
  return {
    payload: Buffer.from(await encoded.arrayBuffer()),
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
  };
}
