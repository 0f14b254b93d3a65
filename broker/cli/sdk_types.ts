/** The types that are published with the SDK: one file without imports, out of the declarations that TypeScript makes of it. @module */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../", import.meta.url));
const require = createRequire(import.meta.url);

/** Where declarations of a package are found by whoever uses the types. */
const publicNames: Readonly<Record<string, string>> = {
  "readable-stream": "node:stream",
  events: "node:events",
  buffer: "node:buffer",
};

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
  types: [],
  allowImportingTsExtensions: true,
  declaration: true,
  emitDeclarationOnly: true,
  stripInternal: true,
  strict: true,
  skipLibCheck: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
};

/** A module for which types are published. */
export interface PublishedModule {
  /** Its source, from the repository's root. */
  entry: string;
  /** Sources that stay imports, by what they are imported as. */
  external: Readonly<Record<string, string>>;
  /** The sentence at the head of the file. */
  heading: string;
}

/** A declaration, and the file that it stands in. */
interface Declared {
  file: string;
  name: string;
  statements: readonly ts.Statement[];
}

/** A name of a module that stays imported. */
interface Imported {
  module: string;
  original: string;
}

/**
 * Writes the types of modules.
 *
 * @param modules By the name of the file that is written.
 * @returns The files' texts, by the same names.
 * @throws Error when two declarations of one name would meet, or something is named that is declared nowhere.
 */
export function publishedTypes(
  modules: Readonly<Record<string, PublishedModule>>,
): Record<string, string> {
  const declarations = new Declarations(Object.values(modules).map(({ entry }) => root + entry));
  return Object.fromEntries(
    Object.entries(modules).map(([name, module]) => [
      name,
      new Publication(declarations, module).write(module.heading),
    ]),
  );
}

/** What TypeScript declares of every source that the entries lead to. */
class Declarations {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly #files = new Map<string, ts.SourceFile>();

  constructor(entries: readonly string[]) {
    const host = ts.createCompilerHost(options);
    host.resolveModuleNameLiterals = (literals, containingFile) =>
      literals.map(({ text }) => ({ resolvedModule: resolveModule(text, containingFile, host) }));
    this.program = ts.createProgram([...entries], options, host);
    this.checker = this.program.getTypeChecker();
    this.program.emit(
      undefined,
      (name, text) => {
        const source = name.replace(/\.d\.ts$/, ".ts");
        this.#files.set(source, ts.createSourceFile(name, text, ts.ScriptTarget.ESNext, true));
      },
      undefined,
      true,
    );
  }

  /** The declarations of a source. */
  of(file: string): ts.SourceFile {
    const source = this.#files.get(file);
    if (source) return source;
    throw new Error(`There are no declarations of ${file}`);
  }
}

class Publication {
  readonly #declarations: Declarations;
  readonly #entry: string;
  readonly #external: ReadonlyMap<string, string>;
  /** What is written, by name. */
  readonly #written = new Map<string, { file: string; text: string }>();
  /** What is imported: by module, the names. */
  readonly #imports = new Map<string, Set<string>>();

  constructor(declarations: Declarations, { entry, external }: PublishedModule) {
    this.#declarations = declarations;
    this.#entry = root + entry;
    this.#external = new Map(Object.entries(external).map(([path, name]) => [root + path, name]));
  }

  write(heading: string): string {
    const exported: string[] = [];
    for (const [name, declared] of this.#exportsOf(this.#entry)) {
      this.#publish(declared);
      exported.push(declared.name === name ? name : `${declared.name} as ${name}`);
    }
    const imports = [...this.#imports].map(([module, names]) =>
      `import type { ${[...names].sort().join(", ")} } from "${module}";`
    );
    const written = [...this.#written.values()].map(({ text }) => text);
    const head = `/** ${heading} Written by \`deno task types\`. */`;
    return [head, ...imports, ...written, `export { ${exported.sort().join(", ")} };`, ""]
      .join("\n\n");
  }

  /** What a module exports by `export … from` and by itself. */
  #exportsOf(file: string): Map<string, Declared> {
    const found = new Map<string, Declared>();
    for (const statement of this.#declarations.of(file).statements) {
      if (ts.isExportDeclaration(statement) && statement.exportClause) {
        const specifier = statement.moduleSpecifier;
        if (!specifier || !ts.isStringLiteral(specifier)) continue;
        if (!ts.isNamedExports(statement.exportClause)) continue;
        for (const { name, propertyName } of statement.exportClause.elements) {
          const target = relativeTo(file, specifier.text);
          found.set(name.text, this.#find(target, (propertyName ?? name).text));
        }
      }
    }
    return found;
  }

  /** What a name means in a file: a declaration, a name of another module's, or null for what is the platform's. */
  #resolve(file: string, name: string): Declared | Imported | null {
    const statements = this.#declarations.of(file).statements.filter((each) =>
      namesOf(each).includes(name)
    );
    if (statements.length > 0) return { file, name, statements };
    for (const statement of this.#declarations.of(file).statements) {
      if (!ts.isImportDeclaration(statement)) continue;
      const original = importedAs(statement, name);
      if (original === null) continue;
      const specifier = (statement.moduleSpecifier as ts.StringLiteral).text;
      if (!specifier.startsWith(".")) {
        return { module: publicNames[specifier] ?? specifier, original };
      }
      const target = relativeTo(file, specifier);
      const module = this.#external.get(target);
      return module === undefined ? this.#resolve(target, original) : { module, original };
    }
    return null;
  }

  /** As `#resolve()`, for what must be declared here. */
  #find(file: string, name: string): Declared {
    const found = this.#resolve(file, name);
    if (found && "statements" in found) return found;
    throw new Error(`${name} is not declared in ${file}`);
  }

  #publish(declared: Declared): void {
    const { file, name } = declared;
    const known = this.#written.get(name);
    const imported = [...this.#imports.values()].flatMap((names) => [...names]);
    if (imported.includes(name)) throw new Error(`${name} is declared in ${file}, and imported`);
    if (known) {
      if (known.file === file) return;
      throw new Error(`${name} is declared in ${known.file} and in ${file}`);
    }
    const expanded = file.includes("/broker/schema/") ? this.#expand(declared) : null;
    const text = expanded ?? declared.statements.map(textOf).join("\n");
    this.#written.set(name, { file, text });
    if (expanded === null) {
      for (const each of declared.statements) this.#publishNamedIn(each, file);
    }
  }

  /** Publishes whatever a declaration names. */
  #publishNamedIn(node: ts.Node, file: string): void {
    const visit = (node: ts.Node): void => {
      if (ts.isImportTypeNode(node)) {
        throw new Error(`Write the type out that stands as ${node.getText()} in ${file}`);
      }
      const named = entityIn(node);
      if (named && !isTypeParameter(named)) this.#publishName(file, named.text);
      ts.forEachChild(node, visit);
    };
    visit(node);
  }

  #publishName(file: string, name: string): void {
    const found = this.#resolve(file, name);
    if (found === null) return;
    if ("statements" in found) return this.#publish(found);
    const { module, original } = found;
    if (this.#written.has(name)) throw new Error(`${name} is imported in ${file}, and declared`);
    const names = this.#imports.get(module) ?? new Set<string>();
    this.#imports.set(module, names.add(original === name ? name : `${original} as ${name}`));
  }

  /** A type that zod has inferred, written out; null for what is written out already. */
  #expand({ file, name, statements }: Declared): string | null {
    if (!statements.some((each) => /\bz\./.test(each.getText()))) return null;
    const { program, checker } = this.#declarations;
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    const symbol = module && checker.getExportsOfModule(module)
      .find((each) => each.name === name);
    if (!symbol) throw new Error(`${name} is not exported from ${file}`);
    const { NoTruncation, InTypeAlias, MultilineObjectLiterals } = ts.TypeFormatFlags;
    const text = checker.typeToString(
      checker.getDeclaredTypeOfSymbol(symbol),
      undefined,
      NoTruncation | InTypeAlias | MultilineObjectLiterals,
    );
    const alias = statements.find(ts.isTypeAliasDeclaration);
    return `${alias ? commentOf(alias) : ""}type ${name} = ${text};`;
  }
}

function resolveModule(
  name: string,
  containingFile: string,
  host: ts.ModuleResolutionHost,
): ts.ResolvedModuleFull | undefined {
  if (!name.startsWith(".") && containingFile.startsWith(root)) {
    // Packages are where Deno keeps them, which only it knows.
    const typed = ({ "readable-stream": "@types/readable-stream" } as Record<string, string>)[name];
    const path = packageTypes(typed ?? name);
    if (path) return { resolvedFileName: path, extension: ts.Extension.Dts };
  }
  return ts.resolveModuleName(name, containingFile, options, host).resolvedModule;
}

function packageTypes(name: string): string | null {
  try {
    const manifest = require.resolve(`${name}/package.json`);
    const { types } = JSON.parse(ts.sys.readFile(manifest) ?? "{}");
    return types ? ts.sys.resolvePath(manifest.replace(/package\.json$/, types)) : null;
  } catch {
    return null;
  }
}

function relativeTo(file: string, specifier: string): string {
  return fileURLToPath(new URL(specifier, `file://${file}`));
}

/** The names that a statement declares. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const { name } = statement as { name?: ts.Node };
  return ts.isImportDeclaration(statement) || !name ? [] : [name.getText()];
}

/** What a name was exported as where it is imported from; null when this import does not bring it. */
function importedAs({ importClause }: ts.ImportDeclaration, name: string): string | null {
  if (importClause?.name?.text === name) return "default";
  const bindings = importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return null;
  const element = bindings.elements.find((each) => each.name.text === name);
  return element ? (element.propertyName ?? element.name).text : null;
}

/** The name that a reference to a type or a value begins with. */
function entityIn(node: ts.Node): ts.Identifier | null {
  let entity: ts.Node | null = null;
  if (ts.isTypeReferenceNode(node)) entity = node.typeName;
  else if (ts.isTypeQueryNode(node)) entity = node.exprName;
  else if (ts.isExpressionWithTypeArguments(node)) entity = node.expression;
  while (entity && (ts.isQualifiedName(entity) || ts.isPropertyAccessExpression(entity))) {
    entity = ts.isQualifiedName(entity) ? entity.left : entity.expression;
  }
  return entity && ts.isIdentifier(entity) ? entity : null;
}

function isTypeParameter(identifier: ts.Identifier): boolean {
  for (let node: ts.Node = identifier; node; node = node.parent) {
    const { typeParameters } = node as {
      typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration>;
    };
    if (typeParameters?.some(({ name }) => name.text === identifier.text)) return true;
  }
  return false;
}

/** A declaration with its comment, without `export`. */
function textOf(statement: ts.Statement): string {
  const text = statement.getText().replace(/^export (default )?/, "");
  const needsDeclare = !/^(declare|interface|type)\b/.test(text);
  return `${commentOf(statement)}${needsDeclare ? "declare " : ""}${text}`;
}

function commentOf(statement: ts.Statement): string {
  const text = statement.getSourceFile().text;
  const comments = ts.getLeadingCommentRanges(text, statement.pos) ?? [];
  const own = comments.map(({ pos, end }) => text.slice(pos, end)).at(-1);
  return own === undefined || own.includes("@module") ? "" : `${own}\n`;
}
