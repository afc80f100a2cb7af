export { VariablesModule } from './variables.module';
