import { Controller, Get, Header } from '@nestjs/common';
import { ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { sha256 } from '../../../platform/crypto';
import { Access } from '../../../platform/http';

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 15vh auto 0; padding: 0 1rem; color-scheme: light dark }
label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit }
input, button { margin: .25rem 0 1rem; padding: .5rem }
`;

/** The token stands behind `#`: it comes to the server with the new password and never before. */
const SCRIPT = `
const [form, said] = ['form', 'output'].map((name) => document.querySelector(name));
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const say = (text) => { said.textContent = text };

async function set(newPassword) {
  const answer = await fetch('v1/auth/reset-password', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, newPassword }),
  });
  const { message } = await answer.json();
  form.hidden = answer.ok;
  say(message);
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { password, again, send } = form.elements;
  if (password.value !== again.value) return say('The two passwords differ.');
  send.disabled = true;
  await set(password.value).catch(() => say('The server did not answer. Try again.'));
  send.disabled = false;
});

form.hidden = !token;
say(token ? '' : 'This link is not whole. Open it as it stands in the mail.');
`;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Set a new password</title>
<style>${STYLE}</style>
<h1>Set a new password</h1>
<form hidden>
<label>New password <input name="password" type="password" autocomplete="new-password" required></label>
<label>Once more <input name="again" type="password" autocomplete="new-password" required></label>
<button name="send">Set password</button>
</form>
<p><output role="status">This page needs JavaScript.</output></p>
<script>${SCRIPT}</script>
</html>
`;

const hashOf = (text: string) => `'sha256-${sha256(text).toString('base64')}'`;

/** Nothing runs but what is above, it talks to this server alone, and nobody can frame it. */
const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page behind the link of a reset mail. */
@ApiTags('Seller account')
@Access('public')
@Controller('reset-password')
export class PasswordResetPageController {
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  @Header('referrer-policy', 'no-referrer')
  @ApiOperation({ summary: 'The page that a reset mail links to' })
  @ApiProduces('text/html')
  @ApiResponse({
    status: 200,
    description: 'A form that sends `POST /v1/auth/reset-password`',
    content: { 'text/html': { schema: { type: 'string' } } },
  })
  page(): string {
    return PAGE;
  }
}
