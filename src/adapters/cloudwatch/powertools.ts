import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";

export type LogLevel = "DEBUG" | "INFO" | "WARN" | "ERROR" | "SILENT";

export const NAMESPACE = "EniReclaimer";

interface Speaker {
  readonly clusterName: string;
  readonly service: string;
  readonly logLevel: LogLevel;
}

/** Powertools' logger, with its lines going where they are told to. */
class LineLogger extends Logger {
  write: ((line: string) => void) | undefined;

  protected override printLog(logLevel: number, log: Parameters<Logger["printLog"]>[1]): void {
    if (this.write === undefined) super.printLog(logLevel, log);
    else this.write(JSON.stringify(log.getAttributes(), this.getJsonReplacer()));
  }
}

export function clusterLogger(speaker: Speaker, write: (line: string) => void): Logger {
  const logger = new LineLogger({
    serviceName: speaker.service,
    logLevel: speaker.logLevel,
    persistentKeys: { cluster: speaker.clusterName },
  });
  logger.write = write;
  return logger;
}

/**
 * Powertools' metrics, with no dimension of their own: its default `service` would split each metric by function, and
 * an alarm names every dimension.
 */
export function clusterMetrics(speaker: Speaker): Metrics {
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName: speaker.service });
  metrics.clearDefaultDimensions();
  return metrics;
}
