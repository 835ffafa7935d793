/** Named leases. */

export interface AcquireLeaseInput {
  name: string;
  owner: string;
  leaseMs: number;
}

export interface ReleaseLeaseInput {
  name: string;
  rev: number;
}
