package org.partyline.consolesocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.consolesocket.wire.SocketPlace;

class ListenerTest {
    private record User(String getName) implements UserPrincipal {
        @Override
        public String getName() {
            return getName;
        }
    }

    private static final User OWNER = new User("alice");
    private static final User ROOT = new User("root");

    @Test
    void theOwnerAndRootMayEnterAndNobodyElse() {
        assertTrue(Listener.mayEnter(OWNER, OWNER, ROOT));
        assertTrue(Listener.mayEnter(ROOT, OWNER, ROOT));
        assertFalse(Listener.mayEnter(new User("mallory"), OWNER, ROOT));
    }

    @Test
    void aConnectionOfAnotherUserIsClosedBeforeAnythingIsReadOrSaid(@TempDir Path home) throws IOException {
        SocketPlace place = new SocketPlace(home);
        AtomicBoolean visited = new AtomicBoolean();
        try (Listener listener = new Listener(
                        place, (client, otherwise) -> new User("mallory"), link -> () -> visited.set(true));
                SocketChannel client = place.connect()) {
            assertEquals(-1, client.read(ByteBuffer.allocate(1)));
        }
        assertFalse(visited.get());
    }

    /** Left by a server that was killed before its socket was moved into place. */
    @Test
    void aSocketThatWasNotFinishedIsReplaced(@TempDir Path home) throws IOException {
        SocketPlace place = new SocketPlace(home);
        Files.createFile(place.makeDirectory().resolve("console.new"));
        try (Listener listener = new Listener(place, link -> () -> {});
                SocketChannel client = place.connect()) {
            assertTrue(client.isConnected());
        }
    }

    /** A client that starts a server waits for its socket, and takes one that refuses for another server's. */
    @Test
    void aSocketThatIsThereNeverRefuses(@TempDir Path home) throws Exception {
        SocketPlace place = new SocketPlace(home);
        place.makeDirectory();
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        Set<String> refusals = ConcurrentHashMap.newKeySet();
        Thread client = new Thread(() -> {
            while (!over.get()) {
                try (SocketChannel channel = place.connect()) {
                    answered.incrementAndGet();
                } catch (IOException e) {
                    refusals.add(e.getMessage());
                }
            }
        });
        client.start();
        try {
            for (int i = 0; i < 500 || answered.get() == 0; i++) {
                new Listener(place, link -> () -> {}).close();
            }
        } finally {
            over.set(true);
            client.join();
        }
        assertFalse(refusals.contains("Connection refused"), refusals::toString);
    }
}
