/**
 * How much an action could do to an account in the wrong hands, however it turned out:
 * - `none`: comes and goes all day;
 * - `low`: changes single things, easily undone;
 * - `medium`: takes something from somebody, gives value away, or opens an account;
 * - `high`: changes who may do what, or deletes what cannot be made again.
 */
export const RISKS = ['none', 'low', 'medium', 'high'] as const;
export type Risk = (typeof RISKS)[number];

/** Every action that a record can name, with its risk and a word about it for people. */
const ACTIONS = {
  'api-token.create': ['high', 'API token created'],
  'api-token.revoke': ['medium', 'API token revoked'],
  'app.build-loader': ['medium', 'Loader built'],
  'app.create': ['low', 'Application created'],
  'app.delete': ['high', 'Application deleted'],
  'app.import': ['medium', 'Licences or users imported'],
  'app.regenerate-key': ['high', 'API key of an application replaced'],
  'app.update': ['medium', 'Settings of an application changed'],
  'audit.erase': ['high', 'Personal fields erased from the record'],
  'blacklist.add': ['low', 'Blacklist entry added'],
  'blacklist.change': ['low', 'Blacklist entry changed'],
  'blacklist.remove': ['medium', 'Blacklist entry removed'],
  'client.authenticate': ['none', 'Key shown by a program'],
  'client.check': ['none', 'Session checked'],
  'client.key-guessing': ['high', 'Many unknown licence keys tried'],
  'client.license': ['none', 'Signed in with a licence key'],
  'client.login': ['none', 'User signed in'],
  'client.logout': ['none', 'Signed out'],
  'client.redeem-referral': ['low', 'Referral code redeemed'],
  'client.register': ['low', 'User registered'],
  'client.set-variable': ['none', 'Variable set by a client'],
  'file.change': ['low', 'File changed'],
  'file.delete': ['high', 'File deleted'],
  'file.register': ['low', 'File created'],
  'file.upload': ['medium', 'Content of a file uploaded'],
  'gateway.change': ['medium', 'Settings of the gateway changed'],
  'gateway.regenerate-key': ['high', 'API key of the gateway replaced'],
  'license.ban': ['medium', 'Licence banned'],
  'license.change': ['low', 'Licence changed'],
  'license.delete': ['high', 'Licence deleted'],
  'license.extend': ['medium', 'Licence extended'],
  'license.generate': ['medium', 'Licences made'],
  'license.reset-addresses': ['low', 'Addresses of a licence forgotten'],
  'license.reset-devices': ['low', 'Devices of a licence forgotten'],
  'license.resume': ['low', 'Licence resumed'],
  'license.revoke': ['medium', 'Licence revoked for good'],
  'license.shared-suspected': ['medium', 'Licence used from many addresses'],
  'license.suspend': ['medium', 'Licence suspended'],
  'license.unban': ['low', 'Ban of a licence lifted'],
  'referral.create': ['low', 'Referral code created'],
  'referral.delete': ['low', 'Referral code deleted'],
  'reseller.change': ['medium', 'Reseller changed'],
  'reseller.create': ['medium', 'Reseller created'],
  'reseller.delete': ['high', 'Reseller deleted'],
  'reseller.generate': ['low', 'Keys made by a reseller'],
  'reseller.login': ['low', 'Reseller signed in'],
  'reseller.logout': ['none', 'Reseller signed out'],
  'reseller.refund': ['low', 'Key given back by a reseller'],
  'reseller.sign-out': ['low', 'Reseller signed out by the seller'],
  'reseller.topup': ['medium', 'Balance of a reseller topped up'],
  'seller.change-password': ['high', 'Password changed'],
  'seller.end-sign-in': ['low', 'Sign-in ended'],
  'seller.forgot-password': ['medium', 'Password reset asked for'],
  'seller.login': ['medium', 'Seller signed in'],
  'seller.logout': ['none', 'Seller signed out'],
  'seller.refresh': ['none', 'Sign-in renewed'],
  'seller.refresh-token-reuse': ['high', 'Refresh token used twice: the sign-in was ended'],
  'seller.register': ['low', 'Account created'],
  'seller.reset-password': ['high', 'Password reset'],
  'seller.set-plan': ['low', 'Plan changed by the operator'],
  'seller.totp-off': ['high', 'Second factor switched off'],
  'seller.totp-on': ['high', 'Second factor switched on'],
  'seller.totp-setup': ['low', 'Second factor being set up'],
  'session.kill': ['low', 'Session ended by the seller'],
  'user.ban': ['medium', 'User banned'],
  'user.change': ['low', 'User changed'],
  'user.create': ['low', 'User created'],
  'user.delete': ['high', 'User deleted'],
  'user.delete-variable': ['low', 'Variable of a user deleted'],
  'user.extend': ['medium', 'Time of a user extended'],
  'user.freeze': ['medium', 'User frozen'],
  'user.reset-hwid': ['low', 'Devices of a user forgotten'],
  'user.set-variable': ['low', 'Variable of a user set'],
  'user.unban': ['low', 'Ban of a user lifted'],
  'user.unfreeze': ['low', 'User unfrozen'],
  'variable.change': ['low', 'Variable changed'],
  'variable.create': ['low', 'Variable created'],
  'variable.delete': ['low', 'Variable deleted'],
  'webhook.change': ['medium', 'Webhook changed'],
  'webhook.create': ['medium', 'Webhook created'],
  'webhook.delete': ['medium', 'Webhook deleted'],
  'webhook.disable': ['low', 'Webhook switched off by the server'],
  'webhook.replay': ['none', 'Delivery of a webhook repeated'],
  'webhook.replay-since': ['low', 'Deliveries of a webhook repeated'],
  'webhook.rotate-secret': ['medium', 'Secret of a webhook replaced'],
  'webhook.test': ['none', 'Webhook tested'],
} as const satisfies Readonly<Record<string, readonly [Risk, string]>>;

/** What was done: a domain verb with its object. A new one takes its line above. */
export type AuditAction = keyof typeof ACTIONS;

const BY_NAME: Readonly<Record<string, readonly [Risk, string]>> = ACTIONS;

export const AUDIT_ACTIONS = Object.keys(ACTIONS) as readonly AuditAction[];

/** The risk of an action. Of one that this version does not know, the highest. */
export function riskOf(action: string): Risk {
  return BY_NAME[action]?.[0] ?? 'high';
}

/** The actions of one risk. */
export function actionsOf(risk: Risk): readonly AuditAction[] {
  return AUDIT_ACTIONS.filter((action) => riskOf(action) === risk);
}

/** One line for people. */
export function summaryOf(action: string, outcome: string): string {
  const words = BY_NAME[action]?.[1] ?? action;
  return outcome === 'granted' ? words : `${words}: refused (${outcome})`;
}
