/** JSON with comments, read strictly, with the place of every key and value. @module */
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { PolicyError, type PolicyProblem } from "./policy_error.ts";

/** A path of keys and indices. */
export type JsonPath = readonly (string | number)[];

/** A text that has been read. */
export class JsonText {
  readonly #text: string;
  readonly #root: Node;
  readonly #lineStarts: number[] = [0];

  /**
   * Comments and a comma after the last item are let pass, as Deno does in `deno.json`.
   *
   * @throws PolicyError for a text that is not JSON.
   */
  constructor(text: string) {
    this.#text = text.startsWith("\ufeff") ? ` ${text.slice(1)}` : text;
    for (const { index } of text.matchAll(/\r\n|[\r\n]/g)) {
      this.#lineStarts.push(index + (text.startsWith("\r\n", index) ? 2 : 1));
    }
    const errors: ParseError[] = [];
    const root = parseTree(this.#text, errors, { allowTrailingComma: true });
    const [error] = errors;
    if (error || !root) {
      const isEmpty = this.#text.trim() === "" || !error;
      const why = isEmpty ? "the file is empty" : words(printParseErrorCode(error.error));
      throw new PolicyError([this.#problemAt(error?.offset ?? 0, "", `This is not JSON: ${why}.`)]);
    }
    this.#root = root;
  }

  /**
   * The value of a key of the outermost object; undefined when there is none.
   *
   * @throws PolicyError when the text is no object, or a key stands twice in it or below the value.
   */
  value(key: string): unknown {
    const problems: PolicyProblem[] = [];
    if (this.#root.type !== "object") {
      throw new PolicyError([this.#problemAt(this.#root.offset, "", "Must be an object.")]);
    }
    this.#refuseTwins(this.#root, [], problems);
    const node = this.#find([key]);
    const value = node && this.#read(node, [key], problems);
    if (problems.length > 0) throw new PolicyError(problems);
    return value;
  }

  /** A problem at a path: at its key or its place in a list, or, where there is no such thing, at what is nearest above. */
  problem(path: JsonPath, message: string): PolicyProblem {
    for (let length = path.length; length > 0; length--) {
      const node = this.#find(path.slice(0, length));
      const shown = node?.parent?.type === "property" ? node.parent : node;
      if (shown) return this.#problemAt(shown.offset, pathText(path), message);
    }
    return this.#problemAt(0, pathText(path), message);
  }

  #problemAt(offset: number, path: string, message: string): PolicyProblem {
    let low = 0;
    let high = this.#lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { path, line: low + 1, column: offset - this.#lineStarts[low]! + 1, message };
  }

  #find(path: JsonPath): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const step of path) {
      if (typeof step === "number") {
        node = node?.type === "array" ? node.children?.[step] : undefined;
      } else {
        const property: Node | undefined = node?.type === "object"
          ? node.children?.find(({ children }) => children?.[0]?.value === step)
          : undefined;
        node = property?.children?.[1];
      }
    }
    return node;
  }

  /** Reads a value. Every key becomes a property of its own, `__proto__` too. */
  #read(node: Node, path: JsonPath, problems: PolicyProblem[]): unknown {
    const { children = [] } = node;
    switch (node.type) {
      case "array":
        return children.map((child, index) => this.#read(child, [...path, index], problems));
      case "object":
        this.#refuseTwins(node, path, problems);
        return Object.fromEntries(children.map(({ children: [key, value] = [] }) => [
          key?.value,
          value && this.#read(value, [...path, key?.value], problems),
        ]));
      default:
        return node.value;
    }
  }

  /** Of two equal keys one would be passed over in silence. */
  #refuseTwins(node: Node, path: JsonPath, problems: PolicyProblem[]): void {
    const seen = new Set<string>();
    for (const { children: [key] = [] } of node.type === "object" ? node.children ?? [] : []) {
      if (key && seen.has(key.value)) {
        const text = pathText([...path, key.value]);
        problems.push(this.#problemAt(key.offset, text, "Stands here twice. Keep one of the two."));
      }
      seen.add(key?.value);
    }
  }
}

/** A path as people write it: `permissionBroker.rules[3]`. */
export function pathText(path: JsonPath): string {
  return path.map((step, index) => {
    if (typeof step === "number") return `[${step}]`;
    if (!/^[\w$-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
    return index === 0 ? step : `.${step}`;
  }).join("");
}

/** `CommaExpected` as words. */
function words(code: string): string {
  return code.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
