/** What the library needs of a browser's extension API: the parts that Chrome, Firefox and Safari have in common. @module */

/** An event of the extension API. */
export interface BrowserEvent<Arguments extends unknown[]> {
  addListener(listener: (...given: Arguments) => void): void;
}

/** A place where an extension keeps values. */
export interface BrowserStorage {
  get(key: string): Promise<Record<string, unknown>>;
  set(values: Record<string, unknown>): Promise<void>;
}

/** A tab; its URL is there only for who may see it: the manifest needs the permission "tabs". */
export interface BrowserTab {
  readonly id?: number;
  readonly windowId: number;
  readonly active: boolean;
  readonly url?: string;
  readonly pendingUrl?: string;
}

/** The manifest's members that say what an extension is for. */
export interface ExtensionManifest {
  readonly name: string;
  readonly host_permissions?: readonly string[];
  readonly optional_host_permissions?: readonly string[];
  readonly content_scripts?: readonly { readonly matches?: readonly string[] }[];
}

/** `chrome`, or `browser`. */
export interface BrowserApi {
  readonly runtime: {
    getManifest(): ExtensionManifest;
    getPlatformInfo(): Promise<unknown>;
    readonly onStartup: BrowserEvent<[]>;
  };
  readonly storage: { readonly local: BrowserStorage; readonly session: BrowserStorage };
  readonly tabs: {
    get(tabId: number): Promise<BrowserTab>;
    query(what: object): Promise<BrowserTab[]>;
    readonly onActivated: BrowserEvent<[{ tabId: number; windowId: number }]>;
    readonly onUpdated: BrowserEvent<[tabId: number, change: { url?: string; status?: string }]>;
    readonly onRemoved: BrowserEvent<[tabId: number]>;
    readonly onReplaced?: BrowserEvent<[added: number, removed: number]>;
  };
  /** With the permission "webNavigation": documents have ids then. */
  readonly webNavigation?: {
    getFrame(frame: { tabId: number; frameId: number }): Promise<{ documentId?: string } | null>;
  };
  /** Where the manifest has an `action`: requests are shown on its button. */
  readonly action?: {
    setBadgeText(badge: { tabId: number; text: string }): Promise<void>;
  };
  readonly windows?: {
    create(window: { url: string; type: "popup"; width: number; height: number }): Promise<unknown>;
  };
}

/** The browser's own API, from its global. */
export function browserApi(): BrowserApi {
  const scope = globalThis as unknown as { browser?: BrowserApi; chrome?: BrowserApi };
  const api = scope.browser?.runtime ? scope.browser : scope.chrome;
  if (!api?.runtime) throw new TypeError("This runs in the background of an extension only.");
  return api;
}
