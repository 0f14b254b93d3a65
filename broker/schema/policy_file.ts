/** The policy as an organisation writes it: the key `permissionBroker` of `deno.json` (design section 12). @module */
import { z } from "zod";
import { capabilities, Capability } from "./capability.ts";
import { CardDuration, Quieting } from "./settings.ts";

/** Written where all are meant; an empty list never means all. */
export const everything = "*";

const AppReference = z.string().min(1).max(2048).meta({
  description: "An app: its origin, its manifest id, or its id (`app_…`); `*` is every app",
});

const RuleTarget = z.string().min(1).max(2048).meta({
  description:
    "`host:port` for sockets (`*.example.com:443`, `10.0.0.0/8:*`), a match pattern for `host-access`; `*` is every target",
});

/** A list that names what a rule is for. */
function namedList<Item extends z.ZodType>(item: Item, maxItems: number, description: string) {
  return z.array(item).max(maxItems).refine((list) => list.length > 0, {
    error: `Is empty, which means none. Write ["${everything}"] for all`,
  }).meta({ description, minItems: 1 });
}

/** One rule of a policy. */
export const PolicyFileRule = z.strictObject({
  effect: z.enum(["allow", "deny"]).meta({ description: "Block beats allow" }),
  apps: namedList(AppReference, 10_000, "Which apps it is for"),
  capabilities: namedList(
    z.enum([everything, ...capabilities]),
    capabilities.length + 1,
    "Which kinds of access it is for; `*` is every kind that one of the targets is for",
  ),
  targets: namedList(
    RuleTarget,
    10_000,
    "What it is for. Each target must be one for at least one of the capabilities",
  ),
  except: z.array(RuleTarget).max(10_000).default([]).meta({
    description: "Targets within `targets` that it is not for",
  }),
  reason: z.string().min(1).max(280).optional().meta({
    description: "Why, in a sentence that is shown to the person",
  }),
});
/** One rule of a policy. */
export type PolicyFileRule = z.infer<typeof PolicyFileRule>;

const count = (description: string) =>
  z.int().min(0).max(1_000_000_000).optional().meta({ description });

const ConnectLimitFile = z.strictObject({
  perMinute: count("How many connections may be opened within a minute"),
  concurrent: count("How many connections may be open at a time"),
});

const DatagramLimitFile = z.strictObject({
  packetsPerSecond: count("How many datagrams may be sent in a second"),
  bytesPerSecond: count("How many bytes may be sent in datagrams in a second"),
});

/** The limits that a policy sets for every app; those left out stay as they are built in. */
export const PolicyFileLimits = z.strictObject({
  target: ConnectLimitFile.optional().meta({ description: "Of one app to one target" }),
  app: ConnectLimitFile.optional().meta({ description: "Of one app to all targets" }),
  loopback: ConnectLimitFile.optional().meta({ description: "Of one app to this computer" }),
  targetDatagrams: DatagramLimitFile.optional().meta({ description: "Of one app to one target" }),
  appDatagrams: DatagramLimitFile.optional().meta({ description: "Of one app to all targets" }),
  loopbackDatagrams: DatagramLimitFile.optional().meta({
    description: "Of one app to this computer",
  }),
  asksPerMinute: count("How many questions an app may ask within a minute"),
});
/** The limits that a policy sets. */
export type PolicyFileLimits = z.infer<typeof PolicyFileLimits>;

const mayAsk = z.boolean().optional().meta({ description: "Whether apps may ask the person" });
const MayAskByCapability = Object.fromEntries(capabilities.map((name) => [name, mayAsk])) as {
  [Name in Capability]: typeof mayAsk;
};

/** A span of time as a policy writes it: `30m`, `8h`, `7d`. */
export const SpanText = z.string().regex(
  /^[1-9]\d{0,4}[mhd]$/,
  "Must be a span such as 30m, 8h or 7d",
);

/** What a policy says to one of the person's settings. */
function policySetting<Value extends z.ZodType>(value: Value, description: string) {
  return z.strictObject({
    value: value.meta({ description: "What holds" }),
    locked: z.boolean().default(false).meta({
      description: "Whether the person can't choose otherwise; false makes it their default",
    }),
  }).optional().meta({ description });
}

/** The whole policy. Every key may be left out; a key that is not known is an error. */
export const PolicyFile = z.strictObject({
  managedBy: z.string().min(1).max(60).optional().meta({
    description: "Who manages this machine, as the dashboard names them",
  }),
  contact: z.string().min(1).max(200).optional().meta({
    description: "Whom to ask about the policy: a mail address, a URL, a phone number",
  }),
  rules: z.array(PolicyFileRule).max(50_000).default([]).meta({
    description: "What is allowed or denied whatever the person says. Block beats allow",
  }),
  asking: z.strictObject({ [everything]: mayAsk, ...MayAskByCapability }).default({}).meta({
    description: "Whether apps may ask the person, by capability; `*` is for those not named",
  }),
  intranet: z.array(z.string().min(1).max(255)).max(10_000).default([]).meta({
    description:
      "Names (`corp.example`, which stands for all below it too) and blocks of addresses (`10.0.0.0/8`) that names may lead to although they are private",
  }),
  requireTls: z.boolean().default(false).meta({
    description: "Whether connections that are not encrypted are refused",
  }),
  network: z.strictObject({
    stunServer: z.string().min(3).max(300).optional().meta({
      description:
        "Host and port of the STUN server (RFC 8489) that is asked for this machine's public address; without one nobody is asked",
    }),
  }).default({}).meta({ description: "Where facts about the network come from" }),
  limits: PolicyFileLimits.default({}).meta({ description: "How much an app may do in a while" }),
  durations: z.strictObject({
    longest: SpanText.optional().meta({
      description: "The longest that an Allow of the person may hold: `30m`, `8h`, `7d`",
    }),
  }).default({}).meta({ description: "How long answers of the person may hold" }),
  settings: z.strictObject({
    cardDuration: policySetting(CardDuration, "How long an Allow holds when a card is opened"),
    quieting: policySetting(Quieting, "How soon a question that is put off is not put for a while"),
  }).default({}).meta({ description: "What holds in the settings of the person" }),
  apps: z.strictObject({
    forceInstalled: z.array(AppReference).max(10_000).default([]).meta({
      description: "Apps that count as installed without the person",
    }),
    blocked: z.array(AppReference).max(10_000).default([]).meta({
      description: "Apps that are refused everything",
    }),
  }).default({ forceInstalled: [], blocked: [] }).meta({ description: "Which apps there may be" }),
  server: z.strictObject({
    port: z.int().min(1).max(65535).optional().meta({
      description: "The port on loopback, unless the command line names one",
    }),
    https: z.strictObject({
      port: z.int().min(1).max(65535).meta({ description: "Its port on loopback" }),
      certificateFile: z.string().min(1).max(4096).meta({ description: "Its certificate, as PEM" }),
      keyFile: z.string().min(1).max(4096).meta({ description: "Its private key, as PEM" }),
    }).optional().meta({ description: "A second listener that speaks https" }),
    store: z.url({ protocol: /^https?$/ }).max(2048).optional().meta({
      description: "The KV Connect URL of a store that several brokers share",
    }),
  }).default({}).meta({ description: "How the broker itself runs; read at the start only" }),
});
/** The whole policy, as it is written. */
export type PolicyFile = z.infer<typeof PolicyFile>;
