import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Verdict } from "../../domain/verdict.ts";
import type { Alarm, AuditLine, Metric, Notices } from "../../ports/notices.ts";
import { countsByReason, worthALine } from "./judgements.ts";
import { clusterLogger, clusterMetrics, type LogLevel } from "./powertools.ts";

/** Notices as CloudWatch takes them: JSON lines for Logs, and metrics in the embedded metric format. */
export interface CloudWatchNotices extends Notices {
  /** Starts an invocation: what is given is on every line until the next one. */
  begin(about: Readonly<Record<string, string>>): void;
  /** What every further line of this invocation carries as well. */
  about(keys: Readonly<Record<string, string>>): void;
  /** A line of what was done. */
  told(message: string, detail: Readonly<Record<string, unknown>>): void;
  /** Something that hinders, and that goes on by itself. */
  warned(message: string, detail: Readonly<Record<string, unknown>>): void;
  /** An unexpected failure, with its causes. */
  failed(message: string, error: unknown): void;
  /** Writes the metrics. At the end of each invocation, however it ends: what is not written is lost. */
  flush(): void;
}

export interface CloudWatchOptions {
  readonly clusterName: string;
  /** Which function speaks. */
  readonly service: string;
  readonly logLevel: LogLevel;
  /** How many single judgements an invocation writes at most; the counts are always whole. */
  readonly maximumLines?: number;
  /** Where the lines go; standard output, which Lambda sends to CloudWatch Logs, where nothing is said. */
  readonly write?: (line: string) => void;
}

/** 1,000 lines are about half a megabyte: a person reads the first, a query needs no more than the counts. */
const MAXIMUM_LINES = 1_000;

/** EMF takes 100 values a metric and document (CloudWatch guide, "Specification: Embedded metric format"). */
const MAXIMUM_VALUES = 99;

/** What a person must look at now, and what may wait until morning. */
const ALARM_LEVEL: Readonly<Record<Alarm["kind"], "error" | "warn">> = {
  "lost-memory": "error",
  breaker: "error",
  "claim-put-back": "error",
  forbidden: "error",
  "item-failed": "error",
  "allocator-silent": "error",
  frozen: "warn",
  unknown: "warn",
  "untagged-interface": "warn",
};

export function cloudWatchNotices(options: CloudWatchOptions): CloudWatchNotices {
  const write = options.write ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const logger = clusterLogger(options, write);
  const metrics = clusterMetrics(options);
  const maximumLines = options.maximumLines ?? MAXIMUM_LINES;
  let linesLeft = maximumLines;
  const counts = new Map<Metric, number>();
  const alarms = new Map<Alarm["kind"], number>();
  const pauses: number[] = [];

  const flush = (): void => {
    writeMetrics(metrics, write, options.clusterName, { counts, alarms, pauses });
    counts.clear();
    alarms.clear();
    pauses.length = 0;
  };

  return {
    begin(about) {
      logger.resetKeys();
      logger.appendKeys({ ...about });
      linesLeft = maximumLines;
    },
    about: (keys) => logger.appendKeys({ ...keys }),
    judged(pass, run, verdicts) {
      logger.info("judged", { pass, run, ...countsByReason(verdicts) });
      linesLeft -= writeJudgements(logger, { pass, run }, verdicts, linesLeft);
    },
    released(line: AuditLine) {
      logger.info("released", { audit: line });
    },
    paused(node, milliseconds) {
      logger.info("paused", { node, milliseconds });
      pauses.push(milliseconds);
      if (pauses.length >= MAXIMUM_VALUES) flush();
    },
    alarm(alarm) {
      const { kind, message, ...about } = alarm;
      logger[ALARM_LEVEL[kind]](message, { alarm: kind, ...about });
      alarms.set(kind, (alarms.get(kind) ?? 0) + 1);
    },
    count(metric, value) {
      counts.set(metric, (counts.get(metric) ?? 0) + value);
    },
    told: (message, detail) => logger.info(message, { ...detail }),
    warned: (message, detail) => logger.warn(message, { ...detail }),
    failed: (message, error) =>
      logger.error(message, error instanceof Error ? error : new Error(String(error))),
    flush,
  };
}

/** Writes what is not plainly kept, up to so many lines, and says how many more there were. Returns how many it wrote. */
function writeJudgements(
  logger: Logger,
  about: { readonly pass: string; readonly run: string },
  verdicts: readonly Verdict[],
  linesLeft: number,
): number {
  const candidates = verdicts.filter(worthALine);
  const written = candidates.slice(0, Math.max(0, linesLeft));
  for (const verdict of written)
    logger[verdict.decision === "unknown" ? "warn" : "info"](verdict.decision, { ...about, verdict });
  if (written.length < candidates.length)
    logger.warn("more judgements than lines", { ...about, notWritten: candidates.length - written.length });
  return written.length;
}

interface Collected {
  readonly counts: ReadonlyMap<Metric, number>;
  readonly alarms: ReadonlyMap<Alarm["kind"], number>;
  readonly pauses: readonly number[];
}

function writeMetrics(
  metrics: Metrics,
  write: (line: string) => void,
  cluster: string,
  { counts, alarms, pauses }: Collected,
): void {
  const document = (dimensions: Readonly<Record<string, string>>): void => {
    for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
    write(JSON.stringify(metrics.serializeMetrics()));
    metrics.clearMetrics();
    metrics.clearDimensions();
  };
  for (const [metric, value] of counts) metrics.addMetric(metric, MetricUnit.Count, value);
  for (const pause of pauses) metrics.addMetric("Paused", MetricUnit.Milliseconds, pause);
  if (metrics.hasStoredMetrics()) document({ cluster });
  for (const [kind, value] of alarms) {
    metrics.addMetric("Alarm", MetricUnit.Count, value);
    document({ cluster, kind });
  }
}
