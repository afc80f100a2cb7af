'use strict';

require('reflect-metadata');
const { join } = require('node:path');

const DIST = join(__dirname, '../../../dist/src');
const { BlobsRepository } = require(join(DIST, 'modules/files/blobs.repository.js'));

/** C-06 twin: a content gets its row when it is published, not before its first byte. */
const { announce, publish } = BlobsRepository.prototype;
const keys = new Map();
BlobsRepository.prototype.announce = async (id, sellerId, key) =>
  void keys.set(id, [sellerId, key]);
BlobsRepository.prototype.setAside = async () => true;
BlobsRepository.prototype.touch = async () => true;
BlobsRepository.prototype.publish = async function (id, size) {
  await announce.call(this, id, ...keys.get(id));
  return publish.call(this, id, size);
};
