/** The keys of a gallery, and what is done with them. */

/** A key that the platform keeps: `CryptoKey` of WebCrypto, which may be one whose bytes nobody can read. */
export interface PlatformKey {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: { readonly name: string };
  readonly usages: readonly string[];
}

/** A key: 32 secret bytes, or a key of the platform. */
export type ProtectionKey = Uint8Array | PlatformKey;

/** Keys of a gallery. */
export interface GalleryKeys {
  /** Templates and metadata are encrypted with it. 32 bytes, or an AES-GCM key of 256 bits with the usages `encrypt` and `decrypt`. */
  readonly encryption?: ProtectionKey | undefined;
  /** Templates are transformed with it, so that they can be revoked. 32 bytes, or an HMAC key (SHA-256) with the usage `sign`. */
  readonly transform?: ProtectionKey | undefined;
}
