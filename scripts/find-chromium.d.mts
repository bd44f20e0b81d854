/** What the search looks at; tests replace it. */
export interface ChromiumSearch {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where Playwright would put its own download. */
  readonly playwrightPath?: string;
  /** Folders besides those of PATH. */
  readonly folders?: readonly string[];
}

export declare function chromiumCandidates(search?: ChromiumSearch): string[];
export declare function findChromium(search?: ChromiumSearch): string | undefined;
export declare function findSoftwareVulkan(executable?: string, libraries?: string): string | undefined;
