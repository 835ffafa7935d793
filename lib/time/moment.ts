/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = number;

/** A stretch of time; `end` does not belong to it. */
export interface Interval {
  start: EpochMs;
  end: EpochMs;
}
