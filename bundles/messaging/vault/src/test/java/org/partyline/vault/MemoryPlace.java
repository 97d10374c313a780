package org.partyline.vault;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A place for tokens in memory, which may fail; its content can be read and restored. */
public final class MemoryPlace implements TokenPlace {
    public final Map<String, byte[]> tokens = new ConcurrentHashMap<>();
    /** Why nothing can be written; null if it can. */
    public volatile String refusesToWrite;
    /** Why nothing can be read; null if it can. */
    public volatile String refusesToRead;
    /** Why its tokens may be restored together with the store; null if they are not. */
    public volatile String weak;
    /** Runs before a token is written; may throw. */
    public volatile Runnable beforeWriting = () -> {};

    @Override
    public Optional<byte[]> read(String name) throws IOException {
        if (refusesToRead != null) {
            throw new IOException(refusesToRead);
        }
        return Optional.ofNullable(tokens.get(name)).map(byte[]::clone);
    }

    @Override
    public void write(String name, byte[] token) throws IOException {
        beforeWriting.run();
        if (refusesToWrite != null) {
            throw new IOException(refusesToWrite);
        }
        tokens.put(name, token.clone());
    }

    @Override
    public String where() {
        return "in the test's memory";
    }

    @Override
    public Optional<String> weakness() {
        return Optional.ofNullable(weak);
    }
}
