declare module 'web-push-testing/src/server.js' {
  import type { Server } from 'node:http';

  class WebPushTestingServer {
    constructor(model: unknown, port: number);
    _server: Server;
    startServer(): void;
  }
  export = WebPushTestingServer;
}

declare module 'web-push-testing/src/PushApiModel.js' {
  export class PushApiModel {
    subscribe(
      options: object,
    ): Promise<{ endpoint: string; keys: { p256dh: string; auth: string }; clientHash: string }>;
    expireSubscription(clientHash: string): void;
    getNotifications(request: { clientHash: string }): { messages: string[] };
  }
}
