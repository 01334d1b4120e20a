/** A token bucket (EC2 Developer Guide, "Request throttling for the Amazon EC2 API"): so many at once, so many a second. */
export interface Bucket {
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** How full a bucket was at a time (milliseconds). */
export interface Level {
  readonly tokens: number;
  readonly at: number;
}

export function fullBucket(bucket: Bucket, now: number): Level {
  return { tokens: bucket.capacity, at: now };
}

/**
 * The part of a bucket that is ours. It holds at least one token, or it could never be taken from: then the refill alone
 * bounds us, one call now and then.
 */
export function shareOf(bucket: Bucket, share: number): Bucket {
  return {
    capacity: Math.max(1, bucket.capacity * share),
    refillPerSecond: bucket.refillPerSecond * share,
  };
}

/** The level at a later time. A clock that went back refills nothing. */
export function refilled(bucket: Bucket, level: Level, now: number): Level {
  const seconds = Math.max(0, now - level.at) / 1000;
  return { tokens: Math.min(bucket.capacity, level.tokens + seconds * bucket.refillPerSecond), at: now };
}

/** Takes up to so many whole tokens: what is left, and how many were had. */
export function takeTokens(
  bucket: Bucket,
  level: Level,
  wanted: number,
  now: number,
): { readonly level: Level; readonly taken: number } {
  const { tokens } = refilled(bucket, level, now);
  const taken = Math.min(wanted, Math.floor(tokens));
  return { level: { tokens: tokens - taken, at: now }, taken };
}

/** Milliseconds until so many tokens, at most the bucket's capacity, are there. */
export function waitFor(bucket: Bucket, level: Level, wanted: number): number {
  const missing = Math.min(wanted, bucket.capacity) - level.tokens;
  return missing <= 0 ? 0 : Math.max(1, Math.ceil((missing / bucket.refillPerSecond) * 1000));
}
