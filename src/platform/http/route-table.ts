import { Injectable } from '@nestjs/common';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly pattern: RegExp;
}

/** Every route the server answers, as registered; consulted only when none matched. */
@Injectable()
export class RouteTable {
  private readonly routes: Route[] = [];

  add(method: string, path: string): void {
    const source = path
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/');
    this.routes.push({ method, path, pattern: new RegExp(`^${source}/?$`) });
  }

  methodsOf(path: string): string[] {
    const methods = this.routes.filter((route) => route.pattern.test(path));
    return [...new Set(methods.map((route) => route.method))].sort();
  }

  /** All routes as `METHOD /path`, sorted. */
  all(): string[] {
    return [...new Set(this.routes.map(({ method, path }) => `${method} ${path}`))].sort();
  }
}
