/**
 * Host access requests against a model that is written apart: what the design and the proposal say, over four sites, six
 * patterns whose meaning is written down by hand, and the error strings letter by letter.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addHostAccessRequest,
  closeTab,
  dismissRequest,
  dropGranted,
  dropRequests,
  type HostAccessRules,
  type HostAccessState,
  noTabs,
  readDeclared,
  removeHostAccessRequest,
  reportTab,
  shownTabs,
} from "../../../broker/core/host_access_requests.ts";

const origins = [
  "https://a.example",
  "https://b.example",
  "https://c.example",
  "chrome://settings",
];
/** What the app declares: the first two sites. Nobody can grant the last one. */
const declaredSites = origins.slice(0, 2);

/** What each pattern means, by hand: null for a text that is none. */
const meanings = new Map<
  string,
  null | { ofDeclared: boolean; site: (origin: string) => boolean; page: (path: string) => boolean }
>([
  ["https://a.example/*", {
    ofDeclared: true,
    site: (origin) => origin === "https://a.example",
    page: () => true,
  }],
  ["*://a.example/inbox", {
    ofDeclared: true,
    site: (origin) => origin === "https://a.example",
    page: (path) => path === "/inbox",
  }],
  ["*://*/inbox", {
    ofDeclared: true,
    site: (origin) => origin.startsWith("https"),
    page: (path) => path === "/inbox",
  }],
  ["https://c.example/*", { ofDeclared: false, site: () => false, page: () => false }],
  ["https://b.example", null],
]);

interface ModelTab {
  origin: string;
  path: string;
  active: boolean;
  request: { pattern: string | null } | null;
  dismissed: boolean;
  changedAtMs: number | null;
}

/** One app's tabs as design section 8 tells of them. Documents are named after their tabs: `d1` is in tab 1. */
class Model {
  tabs = new Map<number, ModelTab>();
  granted = new Set<string>();
  declares = true;
  nowMs = 0;

  report(id: number, origin: string, path: string, active: boolean) {
    const tab = this.tabs.get(id);
    if (tab && tab.origin === origin) Object.assign(tab, { path, active });
    else {
      const empty = { request: null, dismissed: false, changedAtMs: null };
      this.tabs.set(id, { origin, path, active, ...empty });
    }
  }

  /** The checks that both calls begin with. */
  meant(target: Target, pattern: string | null, verb: string): ModelTab | string {
    if ((target.tabId === undefined) === (target.documentId === undefined)) {
      return "Must specify either 'documentId' or 'tabId'.";
    }
    const id = target.tabId ?? Number(target.documentId?.slice(1));
    const tab = this.tabs.get(id);
    if (!tab && target.tabId !== undefined) return `No tab with ID '${target.tabId}'.`;
    if (!tab) return `No document with ID '${target.documentId}'.`;
    if (pattern !== null && meanings.get(pattern) === null) {
      return `Extension cannot ${verb} a request with an invalid value for 'pattern'.`;
    }
    return tab;
  }

  add(target: Target, pattern: string | null): string | null {
    const tab = this.meant(target, pattern, "add");
    if (typeof tab === "string") return tab;
    if (!this.declares) {
      return "Extension cannot add a host access request when it does not have any host permissions.";
    }
    if (this.granted.has(tab.origin)) {
      return "Extension cannot add a host access request for a host it already has access to.";
    }
    const meaning = pattern === null ? null : meanings.get(pattern);
    if (meaning && !meaning.ofDeclared) {
      return "Extension cannot add a host access request with a pattern that does match any of its host permissions.";
    }
    if (!declaredSites.includes(tab.origin)) return null;
    if (meaning && !meaning.site(tab.origin)) {
      tab.request = null;
      return null;
    }
    if (tab.request === null && this.isTooSoon(tab)) {
      return "Extension cannot add a host access request due to rate limiting.";
    }
    tab.request = { pattern };
    tab.changedAtMs = this.nowMs;
    return null;
  }

  remove(target: Target, pattern: string | null): string | null {
    const tab = this.meant(target, pattern, "remove");
    if (typeof tab === "string") return tab;
    if (tab.request === null || (pattern !== null && pattern !== tab.request.pattern)) {
      return "Extension cannot remove a host access request that doesn't exist.";
    }
    if (this.isTooSoon(tab)) {
      return "Extension cannot remove a host access request due to rate limiting.";
    }
    tab.request = null;
    tab.changedAtMs = this.nowMs;
    return null;
  }

  dismiss(id: number) {
    const tab = this.tabs.get(id);
    if (tab?.request) {
      Object.assign(tab, { request: null, dismissed: true, changedAtMs: this.nowMs });
    }
  }

  dropWhere(goes: (tab: ModelTab) => boolean) {
    for (const tab of this.tabs.values()) if (goes(tab)) tab.request = null;
  }

  isTooSoon({ changedAtMs }: ModelTab) {
    return changedAtMs !== null && this.nowMs - changedAtMs < 1000;
  }

  /** Tab and pattern of what a person is to see. */
  shown(): string[] {
    return [...this.tabs].filter(([, { active, request, dismissed, path, origin }]) =>
      active && request !== null && !dismissed && this.declares && declaredSites.includes(origin) &&
      (request.pattern === null || meanings.get(request.pattern)?.page(path) === true)
    ).map(([id, { request }]) => `${id} ${request?.pattern ?? ""}`).sort();
  }
}

interface Target {
  tabId?: number;
  documentId?: string;
}

const tabId = fc.constantFrom(1, 2);
const target = fc.oneof<fc.MaybeWeightedArbitrary<Target>[]>(
  { weight: 8, arbitrary: fc.record({ tabId }) },
  { weight: 3, arbitrary: fc.record({ documentId: fc.constantFrom("d1", "d2") }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Target>({}, { tabId: 1, documentId: "d1" }, { tabId: 9 }),
  },
);
const pattern = fc.constantFrom(null, null, ...meanings.keys());
const site = fc.constantFrom(...origins, ...declaredSites, ...declaredSites);
const path = fc.constantFrom("/", "/inbox");

type Step = { model: (model: Model) => unknown; real: (real: Real) => unknown; name: string };

/** The state machine, driven by the same words. */
class Real {
  state: HostAccessState = noTabs;
  readonly rules: HostAccessRules;

  constructor(readonly model: Pick<Model, "granted" | "declares" | "nowMs">) {
    const declared = readDeclared(declaredSites.map((origin) => `${origin}/*`));
    this.rules = {
      get declared() {
        return model.declares ? declared : [];
      },
      hasAccess: (url) => model.granted.has(url.replace(/(?<=[a-z])\/.*$/, "")),
      isRestricted: (url) => url.startsWith("chrome"),
    };
  }
}

const call = (kind: "add" | "remove") =>
  fc.tuple(target, pattern).map(([target, pattern]): Step => ({
    name: `${kind} ${JSON.stringify(target)} ${pattern}`,
    model: (model) => model[kind](target, pattern),
    real: (real) => {
      const act = kind === "add" ? addHostAccessRequest : removeHostAccessRequest;
      const { state, error } = act(
        real.state,
        { ...target, pattern },
        real.rules,
        real.model.nowMs,
      );
      real.state = state;
      return error;
    },
  }));

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: call("add") },
  { weight: 3, arbitrary: call("remove") },
  {
    weight: 5,
    arbitrary: fc.tuple(tabId, site, path, fc.boolean()).map((
      [id, origin, path, active],
    ): Step => ({
      name: `tab ${id} at ${origin}${path}${active ? ", in front" : ""}`,
      model: (model) => model.report(id, origin, path, active),
      real: (real) => {
        const url = `${origin}${path}`;
        const tab = { tabId: id, documentId: `d${id}`, url, active };
        real.state = reportTab(real.state, tab, real.model.nowMs);
      },
    })),
  },
  {
    weight: 2,
    arbitrary: tabId.map((id): Step => ({
      name: `dismiss ${id}`,
      model: (model) => model.dismiss(id),
      real: (real) => void (real.state = dismissRequest(real.state, id, real.model.nowMs)),
    })),
  },
  {
    weight: 1,
    arbitrary: tabId.map((id): Step => ({
      name: `close ${id}`,
      model: (model) => void model.tabs.delete(id),
      real: (real) => void (real.state = closeTab(real.state, id)),
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...declaredSites).map((origin): Step => ({
      name: `grant ${origin}`,
      model: (model) => {
        model.granted.add(origin);
        model.dropWhere((tab) => tab.origin === origin);
      },
      real: (real) => void (real.state = dropGranted(real.state, real.rules)),
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Step>(
      { name: "take back", model: (model) => model.granted.clear(), real: () => {} },
      {
        name: "declare, or not",
        model: (model) => void (model.declares = !model.declares),
        real: () => {},
      },
      {
        name: "uninstall",
        model: (model) => model.dropWhere(() => true),
        real: (real) => void (real.state = dropRequests(real.state)),
      },
      // Nothing of it is stored: a broker that starts knows no tabs.
      {
        name: "restart",
        model: (model) => model.tabs.clear(),
        real: (real) => void (real.state = noTabs),
      },
    ),
  },
);

Deno.test("host access requests do what the model does, in whatever order", () => {
  const told = new Set<unknown>();
  let shownEver = 0;
  // The cooldown is met a moment early, to the millisecond, and well past.
  const walk = fc.array(fc.tuple(step, fc.constantFrom(0, 1, 999, 1000, 5000)), {
    minLength: 5,
    maxLength: 40,
    size: "max",
  });
  fc.assert(
    fc.property(walk, (steps) => {
      const model = new Model();
      const real = new Real(model);
      for (const id of [1, 2]) {
        model.report(id, declaredSites[0] ?? "", "/", true);
        const url = `${declaredSites[0]}/`;
        real.state = reportTab(
          real.state,
          { tabId: id, documentId: `d${id}`, url, active: true },
          0,
        );
      }
      for (const [{ name, model: expect, real: act }, pauseMs] of steps) {
        model.nowMs += pauseMs;
        const expected = expect(model);
        assert.equal(act(real), expected, name);
        if (typeof expected === "string") told.add(expected.replace(/'[^']*'\.$/, ""));
        const shown = shownTabs(real.state, real.rules)
          .map(({ tabId, request }) => `${tabId} ${request?.pattern ?? ""}`).sort();
        assert.deepEqual(shown, model.shown(), `shown after: ${name}`);
        shownEver += shown.length;
      }
    }),
    { numRuns: 3000, seed: 20260718 },
  );
  assert.ok(shownEver > 5000, `only ${shownEver} were shown`);
  assert.equal(told.size, 11, "every error was met");
});
