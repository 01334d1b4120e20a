import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificate {
  /** PEM. */
  readonly key: Buffer;
  /** PEM; its own authority. */
  readonly certificate: Buffer;
}

/** A certificate for 127.0.0.1 that is its own authority; undefined where openssl is absent. */
export function certificateIn(folder: string, name: string): Certificate | undefined {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const parameters = [
    ...`req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=${name}`.split(" "),
    ..."-addext subjectAltName=IP:127.0.0.1".split(" "),
    ...["-keyout", key, "-out", certificate],
  ];
  try {
    execFileSync("openssl", parameters, { stdio: "ignore" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return { key: readFileSync(key), certificate: readFileSync(certificate) };
}
