/** The world outside: a mail server (SMTP, RFC 5321) and a browser maker's push service (RFC 8030) with a browser's keys (RFC 8291). */
import { createDecipheriv, createECDH, hkdfSync, randomBytes, type ECDH } from 'node:crypto';
import { createServer as createHttp, type Server as Http } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';

export interface Mail { to: string; data: string }

export class MailServer {
  readonly mails: Mail[] = [];
  private server: Server = createServer((socket) => {
    let mail: Mail = { to: '', data: '' };
    let inData = false;
    let rest = '';
    const say = (line: string) => socket.write(`${line}\r\n`);
    say('220 mail.test ESMTP');
    const command = (line: string) => {
      const word = line.slice(0, 4).toUpperCase();
      if (word === 'EHLO' || word === 'HELO') say('250 mail.test');
      else if (word === 'MAIL') { mail = { to: '', data: '' }; say('250 ok'); }
      else if (word === 'RCPT') { mail.to = /<([^>]*)>/.exec(line)?.[1] ?? ''; say('250 ok'); }
      else if (word === 'DATA') { inData = true; say('354 go on'); }
      else if (word === 'QUIT') { say('221 bye'); socket.end(); }
      else say('250 ok');
    };
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (!inData) command(line);
        else if (line === '.') { inData = false; this.mails.push(mail); say('250 taken'); }
        else mail.data += `${line.replace(/^\.\./, '.')}\n`;
      }
    });
  });

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return (this.server.address() as AddressInfo).port;
  }

  close(): void { this.server.close(); }
}

/** A mail's text as a person reads it: encoded words and bodies decoded. */
export function readable(mail: Mail): string {
  const words = mail.data.replace(/=\?utf-8\?b\?([^?]*)\?=\s*/gi, (_, b: string) => Buffer.from(b, 'base64').toString());
  const quoted = words.replace(/=\n/g, '').replace(/(?:=[0-9A-F]{2})+/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString());
  return quoted.replace(/(?:^[A-Za-z0-9+/]{60,}={0,2}\n)+(?:^[A-Za-z0-9+/]+={0,2}\n)?|^[A-Za-z0-9+/]{8,}={0,2}\n/gm, (block) => Buffer.from(block.replaceAll('\n', ''), 'base64').toString());
}

/** A push service and the one browser that it serves. */
export class PushService {
  readonly notices: string[] = [];
  readonly wrong: string[] = [];
  private ecdh: ECDH = createECDH('prime256v1');
  private auth = randomBytes(16);
  private server: Http = createHttp((req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const { authorization, ttl, 'content-encoding': encoding } = req.headers;
      if (req.method !== 'POST' || !authorization?.startsWith('vapid t=') || ttl === undefined || encoding !== 'aes128gcm') {
        this.wrong.push(JSON.stringify(req.headers));
        return void res.writeHead(400).end();
      }
      try {
        this.notices.push(this.decrypt(Buffer.concat(parts)));
        res.writeHead(201).end();
      } catch (error) {
        this.wrong.push(String(error));
        res.writeHead(400).end();
      }
    });
  });

  async listen(): Promise<string> {
    this.ecdh.generateKeys();
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/push/one`;
  }

  keys(): { p256dh: string; auth: string } {
    return { p256dh: this.ecdh.getPublicKey().toString('base64url'), auth: this.auth.toString('base64url') };
  }

  /** One record of aes128gcm (RFC 8188 §2) under the keys of RFC 8291 §3.4. */
  private decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const length = body[20]!;
    const sender = body.subarray(21, 21 + length);
    const sealed = body.subarray(21 + length);
    const hkdf = (secret: Buffer, salted: Buffer, info: Buffer, octets: number) => Buffer.from(hkdfSync('sha256', secret, salted, info, octets));
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.ecdh.getPublicKey(), sender]);
    const secret = hkdf(this.ecdh.computeSecret(sender), this.auth, info, 32);
    const key = hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const nonce = hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
    const cipher = createDecipheriv('aes-128-gcm', key, nonce);
    cipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
    const end = plain.lastIndexOf(2);
    return plain.subarray(0, end).toString();
  }

  close(): void { this.server.closeAllConnections(); this.server.close(); }
}
