import { GATEWAY_WORDS, type ReadyFile } from './ready-file.ts';

/** One image with OpenClaw and Clawback: there is none to download. */
export const IMAGE = 'FILL_IN_IMAGE';

export const BUILD_IMAGE = `docker build --tag ${IMAGE} --file Dockerfile PATH_OF_A_CHECKOUT_OF_CLAWBACK, and docker push ${IMAGE}`;

export const dockerfile: ReadyFile = {
  name: 'Dockerfile',
  text: `# OpenClaw and Clawback in one image. The build context is a checkout of Clawback.
FROM node:24-bookworm-slim
RUN apt-get update \\
  && apt-get install --yes --no-install-recommends ca-certificates git tini \\
  && rm -rf /var/lib/apt/lists/*
# The release that took the snapshot, or a newer one: clawback show latest
ARG OPENCLAW_VERSION=latest
RUN npm install --global openclaw@\${OPENCLAW_VERSION} && npm cache clean --force
COPY . /opt/clawback
RUN cd /opt/clawback \\
  && npm ci --omit=dev --ignore-scripts \\
  && ln -s /opt/clawback/bin/clawback.js /usr/local/bin/clawback \\
  && install --directory --owner=node --group=node --mode=0700 /home/node/.openclaw /var/lib/clawback
USER node
WORKDIR /home/node
# Something must reap what agents leave behind.
ENTRYPOINT ["tini", "--"]
CMD ${JSON.stringify(['clawback', 'run', '--', 'openclaw', ...GATEWAY_WORDS]).replaceAll(',', ', ')}
`,
};
