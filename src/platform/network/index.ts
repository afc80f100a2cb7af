export { addressText, NetworkTextError, parseAddress, parseNetwork } from './address';
export type { IpAddress, IpNetwork } from './address';
export { readDeclaredAddress } from './declared-address';
export { NetworkListError } from './network-list';
export { NetworkModule } from './network.module';
export { NetworkPolicy } from './network-policy';
export type { NetworkJudgement } from './network-policy';
export { NetworkTable } from './network-table';
export { OfflineNetworkPolicy } from './offline-network-policy';
