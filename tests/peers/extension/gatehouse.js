/** The library, for editors and type checks: in the packed extension the file that a broker serves stands here. */
export { startExtension } from "../../../broker/sdk/extension/mod.ts";
