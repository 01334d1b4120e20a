import { JsonError } from "../http/json-front.ts";

export type ParameterType = "String" | "StringList" | "SecureString";

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  /** From 1, one more with each overwrite. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

export interface PutRequest {
  readonly name: string;
  readonly value: string;
  /** May be left out when a parameter is overwritten. */
  readonly type?: ParameterType | undefined;
  readonly overwrite?: boolean | undefined;
}

/** Systems Manager User Guide, "Parameter tiers": a standard parameter holds 4 KB, an advanced one 8 KB. */
const STANDARD_BYTES = 4096;
const MAXIMUM_VERSIONS = 100;

/** Parameter Store, standard tier. SecureStrings are kept as they are given: there is no KMS here. */
export class Ssm {
  readonly #clock: () => number;
  readonly #versions = new Map<string, Parameter[]>();

  constructor({ clock }: { readonly clock: () => number }) {
    this.#clock = clock;
  }

  /** Returns the new version. SSM API Reference, PutParameter. */
  put({ name, value, type, overwrite = false }: PutRequest): number {
    const versions = this.#versions.get(name) ?? [];
    const last = versions.at(-1);
    if (last !== undefined && !overwrite) {
      // Recorded message of PutParameter.
      throw new JsonError(
        "ParameterAlreadyExists",
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
      );
    }
    const kept = type ?? last?.type;
    if (kept === undefined) {
      throw new JsonError("ValidationException", "A parameter type is required when you create a parameter.");
    }
    if (Buffer.byteLength(value) > STANDARD_BYTES) {
      throw new JsonError(
        "ValidationException",
        `Standard tier parameters support a maximum parameter value of ${STANDARD_BYTES} characters.`,
      );
    }
    const version = (last?.version ?? 0) + 1;
    const added = { name, type: kept, value, version, lastModified: this.#clock() };
    this.#versions.set(name, [...versions, added].slice(-MAXIMUM_VERSIONS));
    return version;
  }

  /** By name, or `name:version`. SSM API Reference, GetParameter. */
  get(selector: string): Parameter {
    const [name = "", wanted] = selector.split(":");
    const versions = this.#versions.get(name);
    if (versions === undefined) throw new JsonError("ParameterNotFound", "");
    const found =
      wanted === undefined ? versions.at(-1) : versions.find(({ version }) => String(version) === wanted);
    if (found === undefined) {
      throw new JsonError(
        "ParameterVersionNotFound",
        `Systems Manager could not find version ${wanted} of ${name}.`,
      );
    }
    return found;
  }

  delete(name: string): void {
    if (!this.#versions.delete(name)) throw new JsonError("ParameterNotFound", "");
  }
}
