import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { end, type Identity, identify, lives } from "./processes.ts";

/** Environment variables that tell the tests where the peers are. */
export type Environment = Readonly<Record<string, string>>;

interface State {
  /** Who started it and may still be at it. */
  readonly owner: Identity;
  readonly processes: readonly Identity[];
  /** Present once all are ready. */
  readonly environment?: Environment;
}

const NOBODY: Identity = { name: "nobody", pid: 0, began: "never" };

/** A set of peers that run, with a folder of its own that holds all that they write. */
export class Instance {
  readonly folder: string;
  #state: State;

  /** Makes the folder. Throws where there is one: only one of two who come at once gets it. */
  static begin(folder: string): Instance {
    // Whole from the first moment that others can see it.
    const draft = `${folder}.${process.pid}`;
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    new Instance(draft, { owner: identify("owner", process.pid), processes: [] }).#save();
    try {
      renameSync(draft, folder);
    } catch (cause) {
      rmSync(draft, { recursive: true, force: true });
      throw new Error(`${folder} is there already`, { cause });
    }
    return new Instance(folder, { owner: identify("owner", process.pid), processes: [] });
  }

  /** Undefined where there is none. What has no state that can be read is left of one whose end was cut short. */
  static find(folder: string): Instance | undefined {
    if (!existsSync(folder)) return undefined;
    try {
      return new Instance(folder, JSON.parse(readFileSync(join(folder, "state.json"), "utf8")) as State);
    } catch {
      const [, maker] = /\.(\d+)$/.exec(folder) ?? [];
      const isBeingMade = maker !== undefined && identify("maker", Number(maker)).began !== "";
      return isBeingMade ? undefined : new Instance(folder, { owner: NOBODY, processes: [] });
    }
  }

  static all(instances: string): readonly Instance[] {
    const names = existsSync(instances) ? readdirSync(instances) : [];
    return names.flatMap((name) => Instance.find(join(instances, name)) ?? []);
  }

  private constructor(folder: string, state: State) {
    this.folder = folder;
    this.#state = state;
  }

  /** What the tests need; undefined while it is not ready, or where a part of it has died. */
  get environment(): Environment | undefined {
    return this.#state.processes.every(lives) ? this.#state.environment : undefined;
  }

  get isOwned(): boolean {
    return lives(this.#state.owner);
  }

  /** A folder inside. */
  room(name: string): string {
    const room = join(this.folder, name);
    mkdirSync(room, { recursive: true });
    return room;
  }

  log(name: string): string {
    return join(this.folder, `${name}.log`);
  }

  /** Starts a process that outlives this one; its output goes to its log. */
  start(name: string, command: string, args: readonly string[], env: Environment = {}): ChildProcess {
    const log = openSync(this.log(name), "a");
    const child = spawn(command, args, {
      cwd: this.folder,
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...env },
    });
    closeSync(log);
    if (child.pid === undefined) throw new Error(`${name} does not start: ${command}`);
    const identity = identify(name, child.pid);
    this.#state = { ...this.#state, processes: [...this.#state.processes, identity] };
    this.#save();
    child.unref();
    return child;
  }

  ready(environment: Environment): void {
    this.#state = { ...this.#state, environment };
    this.#save();
  }

  /** Ends all processes, the last one first, and takes the folder away. */
  async end(politeMilliseconds?: number): Promise<void> {
    for (const identity of this.#state.processes.toReversed()) await end(identity, politeMilliseconds);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #save(): void {
    const path = join(this.folder, "state.json");
    writeFileSync(`${path}.new`, `${JSON.stringify(this.#state, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}
