import { Module } from '@nestjs/common';
import { AppVariablesRepository } from './app-variables.repository';
import { AppVariables } from './app-variables.service';
import { ClientVariablesRepository } from './client-variables.repository';
import { ClientVariables } from './client-variables.service';
import { VariableBooks } from './variable-books';
import { VariableTurns } from './variable-turns.repository';

@Module({
  providers: [
    AppVariables,
    AppVariablesRepository,
    ClientVariables,
    ClientVariablesRepository,
    VariableBooks,
    VariableTurns,
  ],
  exports: [AppVariables, ClientVariables],
})
export class VariablesModule {}
