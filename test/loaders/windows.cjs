// Loaded before a loader, it makes this a Windows whose command `vol` says VOLUME.
'use strict';

Object.defineProperty(process, 'platform', { value: 'win32' });
require('node:child_process').execFileSync = () => process.env.VOLUME;
