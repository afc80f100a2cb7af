import { actionsOf, AUDIT_ACTIONS, RISKS, riskOf, summaryOf } from './audit-actions';

describe('what actions are worth', () => {
  test('every action has one risk and words of its own', () => {
    expect(RISKS.flatMap((risk) => actionsOf(risk)).sort()).toEqual([...AUDIT_ACTIONS].sort());
    for (const action of AUDIT_ACTIONS) {
      expect(action).toMatch(/^[a-z-]+\.[a-z-]+$/);
      expect(summaryOf(action, 'granted')).not.toBe(action);
    }
  });

  test.each([
    ['client.login', 'none'],
    ['blacklist.add', 'low'],
    ['license.ban', 'medium'],
    ['seller.totp-off', 'high'],
    ['of.tomorrow', 'high'],
  ])('%s is of risk %s', (action, risk) => {
    expect(riskOf(action)).toBe(risk);
  });

  test('a refusal says so, with its code', () => {
    expect(summaryOf('client.login', 'LICENSE_BANNED')).toBe(
      'User signed in: refused (LICENSE_BANNED)',
    );
    expect(summaryOf('of.tomorrow', 'granted')).toBe('of.tomorrow');
  });
});
