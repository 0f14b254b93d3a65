/** What a schema finds wrong, as JSON pointers and sentences on how to mend it. @module */
import { z } from "zod";
import type { FieldProblem } from "./problem.ts";

type Issue = z.core.$ZodIssue;

/**
 * One problem for each field that is wrong.
 *
 * @param schema The schema that found it; lets a misspelt key be told its right spelling.
 */
export function readFieldProblems(error: z.ZodError, schema?: z.ZodType): FieldProblem[] {
  return error.issues.flatMap((issue) => readIssue(issue, schema));
}

/** A JSON pointer (RFC 6901) to a path of keys and indices; the empty pointer is the whole. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function readIssue(issue: Issue, schema: z.ZodType | undefined): FieldProblem[] {
  if (issue.code === "unrecognized_keys") {
    const known = schema ? keysAt(schema, issue.path) : [];
    return issue.keys.map((key) => ({
      pointer: jsonPointer([...issue.path, key]),
      detail: unknownKey(key, known),
    }));
  }
  return [{ pointer: jsonPointer(issue.path), detail: sentenceOf(issue) }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = known.map((name) => ({ name, distance: editDistance(key, name) }))
    .filter(({ distance }) => distance <= 2)
    .sort((a, b) => a.distance - b.distance)[0];
  const shown = JSON.stringify(key.slice(0, 64));
  if (near) return `${shown} is not known. Did you mean "${near.name}"?`;
  return known.length === 0
    ? `${shown} is not known. Leave it out.`
    : `${shown} is not known. Known are ${known.map((name) => `"${name}"`).join(", ")}.`;
}

function sentenceOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined && /received undefined/.test(issue.message)
        ? `Is missing. Give ${withArticle(issue.expected)}.`
        : `Must be ${withArticle(issue.expected)}.`;
    case "invalid_value":
      return `Must be ${issue.values.length === 1 ? "" : "one of "}${
        issue.values.map((value) => JSON.stringify(value)).join(", ")
      }.`;
    case "too_small":
      return `Must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${
        unitOf(issue.origin)
      }.`;
    case "too_big":
      return `Must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${
        unitOf(issue.origin)
      }.`;
    default:
      return `${issue.message}.`;
  }
}

function withArticle(type: string): string {
  if (type === "int") return "a whole number";
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " items long" : "";
}

/** The keys that a schema knows at a path; of a union, those of all its members. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  if (
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  ) {
    return keysAt(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodUnion) {
    return [...new Set(schema.options.flatMap((option) => keysAt(option, path)))];
  }
  const [key, ...rest] = path;
  if (schema instanceof z.ZodArray) return key === undefined ? [] : keysAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (key === undefined) return Object.keys(schema.shape);
  const member = schema.shape[String(key)];
  return member ? keysAt(member, rest) : [];
}

/** How many letters must be changed, added, dropped or swapped with their neighbour to get from `a` to `b`. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
