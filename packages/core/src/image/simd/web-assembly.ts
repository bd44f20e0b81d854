/** The part of WebAssembly that is used. Looked up at run time, for some places have none: a strict CSP, a hardened browser. */

/** A module's memory. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** `WebAssembly`, as far as it is used. */
export interface WasmApi {
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: { readonly exports: unknown } }>;
}

/** The platform's `WebAssembly`, if it has one. */
export function findWebAssembly(): WasmApi | undefined {
  return (globalThis as { readonly WebAssembly?: WasmApi }).WebAssembly;
}
