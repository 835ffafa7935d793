/** Short, so that a process that stands still soon loses what it had claimed. */
export const leaseSeconds = 2;

export const hourMs = 3_600_000;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
