/** The most zones of an environment: as many as have room in its VPC from the first day, whether there are as many or not. */
export const MAX_ZONES = 4;

/**
 * Zones in which an environment begins. Resources that AWS does not let into a further zone later, or would replace for it, stay in
 * these: the control plane, the proxy and the replicas of MySQL.
 */
export const FIRST_ZONES = 3;

/** Prefix of a zone's private subnet by the VPC's: four of them, four public and four data subnets (/24) fit every one. */
export const PRIVATE_PREFIX: Readonly<Record<number, number>> = { 16: 20, 17: 20, 18: 21 };
