import { TransferErrors } from './domain/transfer.errors';
import { Turns } from './turns';

const SELLERS = ['a', 'b', 'c', 'd'];

describe('turns', () => {
  test('are four in a process, and one of a seller', () => {
    const turns = new Turns(TransferErrors.IMPORTS_BUSY, 'import');
    const given = SELLERS.map((seller) => turns.take(seller));
    expect(() => turns.take('a')).toThrow('Another import of yours is under way, please retry');
    expect(() => turns.take('e')).toThrow(TransferErrors.IMPORTS_BUSY());
    given[0]!();
    turns.take('e');
    expect(() => turns.take('a')).toThrow(TransferErrors.IMPORTS_BUSY());
  });
});
