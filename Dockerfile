# The image holds the compiled server and its production packages, nothing else. The embedded PostgreSQL is left out
# (--omit=optional): a container needs DATABASE_URL, see compose.yaml.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY nest-cli.json tsconfig.json .swcrc ./
COPY migrations ./migrations
COPY src ./src
RUN npx nest build

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --omit=optional

FROM node:24-bookworm-slim AS server
ENV NODE_ENV=production
ENV HOST=0.0.0.0
ENV PORT=3000
ENV DATA_DIR=/data
WORKDIR /app
# A volume mounted here takes over this owner; the rest of the image belongs to root and may be read-only.
RUN install --directory --owner=node --group=node /data
COPY package.json openapi.yaml ./
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY loader/templates ./loader/templates
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: node is process 1 and receives SIGTERM itself, so requests in flight are answered before it leaves.
CMD ["node", "--max-semi-space-size=32", "dist/src/main.js"]
