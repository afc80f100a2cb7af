'use strict';

const { load } = require('./statements.cjs');

/** A ticket is looked up, and thrown away when its download has begun. */
const { DownloadTicketsRepository } = load('modules/files/download-tickets.repository.js');
const { take, peek } = DownloadTicketsRepository.prototype;
DownloadTicketsRepository.prototype.take = async function (hash, code) {
  const admission = await peek.call(this, hash, code);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await take.call(this, hash, code);
  return admission;
};
