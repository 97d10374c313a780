package org.partyline.consolesocket;

/** Creates threads that do not keep the server from stopping. */
final class SocketThreads {
    private SocketThreads() {}

    static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
